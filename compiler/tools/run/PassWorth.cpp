#include "compiler/tools/run/PassWorth.h"

#include "compiler/pipeline/OptionalPasses.h"
#include "compiler/tools/run/Verify.h"

#include <algorithm>

namespace pa::run {
namespace {

std::string off(const char *pass) { return std::string(pass) + "=false"; }

// `paOptions` leaves out what `what` names.
Expected<PassWorth> without(const std::string &what, const std::string &paOptions, const Options &options,
                            const std::string &device) {
  auto folder = TemporaryFolder::make();
  if (!folder)
    return folder.error();
  auto kernel = readKernel(options, paOptions, *folder);
  if (!kernel)
    return kernel.error();
  auto session = Session::open(options, device, *kernel);
  if (!session)
    return session.error();
  auto problem = makeProblem(kernel->description.variant, options.inputs);
  if (!problem)
    return problem.error();
  auto outcomes = session->run(*problem, 1, "without " + what);
  if (!outcomes)
    return outcomes.error();
  std::vector<Check> checks = verify(kernel->description.variant, *problem, outcomes->front()).checks;
  bool verified = std::all_of(checks.begin(), checks.end(), [](const Check &check) { return check.ok; });
  return worthOf(what, kernel->description.variant, *problem, inspectKernel(kernel->path, kernel->description.kernel),
                 Json::parse(outcomes->front().counters, nullptr, /*allow_exceptions=*/false), verified);
}

} // namespace

PassWorth worthOf(const std::string &without, const Variant &variant, const Problem &problem, const Json &resources,
                  const Json &counters, bool verified) {
  PassWorth worth;
  worth.without = without;
  worth.verified = verified;
  const Json loop = resources.is_object() ? resources.value("kv_loop", Json(nullptr)) : Json(nullptr);
  if (loop.is_object()) {
    worth.inFlightPerCu = loop.value("least_in_flight_bytes_per_cu", int64_t(0));
    worth.loopInstructions = loop.value("instructions", int64_t(0));
  }
  if (!counters.is_object())
    return worth;
  KvTraffic kv = kvTraffic(variant, problem, counters);
  worth.loadedOverNeeded = kv.loadedOverNeeded();
  worth.nonTemporalShare = kv.nonTemporalShare();
  worth.instructions = counters.value("instructions", uint64_t(0));
  return worth;
}

Expected<std::vector<PassWorth>> withoutEachPass(const Options &options, const std::string &device) {
  std::vector<std::pair<std::string, std::string>> cases;
  std::string all;
  for (const char *pass : optionalPasses) {
    cases.emplace_back(pass, off(pass));
    all += (all.empty() ? "" : " ") + off(pass);
  }
  cases.emplace_back("any of them", all);
  std::vector<PassWorth> result;
  for (const auto &[what, paOptions] : cases) {
    auto worth = without(what, paOptions, options, device);
    if (!worth)
      return worth.error();
    result.push_back(*worth);
  }
  return result;
}

} // namespace pa::run
