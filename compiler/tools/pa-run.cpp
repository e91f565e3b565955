// pa-run: runs a decode kernel on a device, verifies it against the float64 reference, and reports.
#include "compiler/tools/run/FaultPlace.h"
#include "compiler/tools/run/Report.h"

#include <cstdio>
#include <iostream>

using namespace pa;
using namespace pa::run;

namespace {

enum ExitStatus { verified = 0, notVerified = 1, wrongCommandLine = 2 };

int fail(const Error &error, int status = notVerified) {
  std::cerr << "pa-run: error: " << error.message << std::endl;
  return status;
}

Error wrong(const std::string &message) { return {ErrorCode::invalidArgument, message, {}}; }

// Elements as they are in memory, without gaps.
std::string rawOutput(const Problem &problem, const Outcome &outcome) {
  size_t bytes = facts(problem.shape.outputType).bytes;
  std::string raw;
  for (uint16_t code : outcome.output)
    raw.append(reinterpret_cast<const char *>(&code), bytes);
  return raw;
}

// Everything after the object is known; fills the report, or gives the error that ends it all.
Status execute(const Options &options, const KernelDescription &description, Session &session, Problem &problem,
               Report &report) {
  // A GPU would read whatever lies there, so only the emulated device, which finds it, gets such a table.
  reference::BadPage bad = reference::findBadPage(problem.shape, problem.inputs());
  if (bad.sequence >= 0 && !session.emulated())
    return wrong(badPageText(problem, bad));

  auto outcomes = session.run(problem, options.repeat, "launch");
  report.plan = session.plan();
  if (!outcomes) {
    report.fault = outcomes.error().fault;
    if (!report.fault)
      return outcomes.error();
    std::string why = explainFault(*report.fault, problem, session.call());
    report.finding = (why.empty() ? "" : why + ": ") + outcomes.error().message;
    return {};
  }
  for (const Outcome &outcome : *outcomes)
    report.launchSeconds.push_back(outcome.seconds);
  const Outcome &first = outcomes->front();
  if (!first.counters.empty())
    report.counters = Json::parse(first.counters, nullptr, /*allow_exceptions=*/false);
  if (!options.outputFile.empty())
    if (Status status = writeFile(options.outputFile, rawOutput(problem, first)); !status)
      return status;
  if (bad.sequence >= 0) {
    report.finding = badPageText(problem, bad);
    return {};
  }
  if (options.verify)
    report.verification = verify(description.variant, problem, first);
  if (!options.exactness) {
    if (options.repeat > 1)
      report.exactness.push_back(checkRepeats(*outcomes));
    return {};
  }
  auto checks = checkExactness(session, description.variant, options.inputs, problem, *outcomes);
  if (!checks)
    return checks.error();
  report.exactness = std::move(*checks);
  return {};
}

int runAll(const Options &options) {
  for (const std::string &path : {options.jsonFile, options.outputFile})
    if (Status status = checkWritable(path); !status)
      return fail(status.error());
  auto folder = TemporaryFolder::make();
  if (!folder)
    return fail(folder.error());
  auto kernel = readKernel(options, "", *folder);
  if (!kernel)
    return fail(kernel.error());
  const KernelDescription &description = kernel->description;

  std::string device = options.device;
  if (device.empty())
    device = "emulated:" + (options.chip.empty() ? kernel->chip : options.chip);
  auto session = Session::open(options, device, *kernel);
  if (!session)
    return fail(wrong("'" + options.input + "' on " + device + ": " + session.error().message));
  if (description.variant.userScore && (options.verify || options.passes))
    return fail(wrong("'" + options.input +
                      "' has a score region of the user's, which the reference does not know: "
                      "run it with --check=none or --check=exactness"));
  auto problem = makeProblem(description.variant, options.inputs);
  if (!problem)
    return fail(problem.error());

  Report report;
  report.input = options.input;
  report.device = device;
  report.description = &description;
  report.options = &options;
  report.problem = &*problem;
  report.resources = inspectKernel(kernel->path, description.kernel);
  if (Status status = execute(options, description, *session, *problem, report); !status)
    return fail(status.error());
  if (options.passes && report.finding.empty()) {
    auto without = withoutEachPass(options, device);
    if (!without)
      return fail(without.error());
    report.passes.push_back(
        worthOf("", description.variant, *problem, report.resources, report.counters, report.verified()));
    report.passes.insert(report.passes.end(), without->begin(), without->end());
  }

  if (options.jsonFile != "-")
    std::cout << textReport(report) << std::flush;
  if (!options.jsonFile.empty())
    if (Status status =
            writeFile(options.jsonFile, jsonReport(report).dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
        !status)
      return fail(status.error());
  if (!report.ok())
    std::cerr << "pa-run: error: " << (report.finding.empty() ? "the result is not verified" : report.finding)
              << std::endl;
  return report.ok() ? verified : notVerified;
}

} // namespace

int main(int argc, char **argv) {
  auto options = parseOptions(argc, argv);
  if (!options)
    return fail(options.error(), wrongCommandLine);
  if (options->help) {
    std::cout << usage();
    return 0;
  }
  return runAll(*options);
}
