#include "compiler/tools/run/Report.h"

#include <algorithm>
#include <cstdio>

namespace pa::run {
namespace {

template <class... Values> std::string format(const char *pattern, Values... values) {
  char text[512];
  std::snprintf(text, sizeof text, pattern, values...);
  return text;
}

// 1234567 -> "1,234,567"
std::string grouped(uint64_t value) {
  std::string text = std::to_string(value);
  for (int at = static_cast<int>(text.size()) - 3; at > 0; at -= 3)
    text.insert(at, ",");
  return text;
}

std::string bytesText(double bytes) {
  const char *units[] = {"bytes", "KiB", "MiB", "GiB"};
  int unit = 0;
  for (; bytes >= 1024 && unit < 3; ++unit)
    bytes /= 1024;
  return format(unit ? "%.1f %s" : "%.0f %s", bytes, units[unit]);
}

class Lines {
public:
  void add(const std::string &label, const std::string &value) {
    std::string left = label;
    left.resize(std::max<size_t>(14, left.size() + 1), ' ');
    text += left + value + "\n";
  }
  std::string text;
};

// What is not as it is without being named.
std::string extrasText(const Variant &variant) {
  std::string text;
  auto add = [&](bool there, const std::string &what) { text += there ? ", " + what : ""; };
  add(variant.outputType != variant.queryType, std::string(toString(variant.outputType)) + " output");
  add(variant.valueHeadSize != variant.headSize, "value head size " + std::to_string(variant.valueHeadSize));
  add(variant.scales != Scales::none, std::string("a scale per ") + toString(variant.scales));
  add(variant.tables != Tables::block, "page lists");
  add(variant.mask != Mask::causal, "no mask");
  add(variant.window != 0, "window " + std::to_string(variant.window));
  add(variant.softCap, "soft-cap");
  add(variant.alibi, "ALiBi");
  add(variant.sinks, "sinks");
  add(variant.userScore, "a score of the user's");
  add(variant.products != Products::wide, "products in FP8");
  return text;
}

std::string variantText(const Variant &variant) {
  std::string tokens = (variant.ragged ? "up to " : "") + std::to_string(variant.queryTokens) + " query token" +
                       (variant.queryTokens == 1 ? "" : "s");
  std::string split = toString(variant.split);
  if (variant.split == SplitKv::fixed)
    split += " " + std::to_string(variant.splitTokens);
  return format("%s query, %s cache %s, head size %u, %u query heads on %u KV heads, page %u, ",
                toString(variant.queryType), toString(variant.cacheType), toString(variant.layout), variant.headSize,
                variant.queryHeads, variant.kvHeads, variant.pageSize) +
         tokens + ", split " + split + ", p " + toString(variant.p) + ", " + (variant.lse ? "with" : "no") + " LSE" +
         extrasText(variant);
}

std::string contextsText(const std::vector<int32_t> &contexts) {
  constexpr size_t shown = 16;
  std::string text;
  for (size_t i = 0; i < std::min(contexts.size(), shown); ++i)
    text += (i ? ", " : "") + std::to_string(contexts[i]);
  return text + (contexts.size() > shown ? ", ..." : "");
}

void addShapes(Lines &lines, const Report &report) {
  const Problem &problem = *report.problem;
  const InputOptions &inputs = report.options->inputs;
  std::string source = inputs.anyFile()
                           ? "from files"
                           : std::string(toString(inputs.distribution)) + ", seed " + std::to_string(inputs.seed);
  if (inputs.pages != PageOrder::shuffled)
    source += std::string(", pages ") + toString(inputs.pages);
  if (inputs.packing != Packing::dense)
    source += std::string(", strides ") + toString(inputs.packing);
  lines.add("shapes", std::to_string(problem.sequences()) + " sequences, contexts " + contextsText(problem.contexts));
  if (!problem.qoIndptr.empty())
    lines.add("", std::to_string(problem.tokens()) + " query tokens, from " + contextsText(problem.qoIndptr) + " on");
  std::string entries = problem.kvIndptr.empty() ? std::to_string(problem.tableWidth) + " table entries a sequence"
                                                 : std::to_string(problem.kvIndptr.back()) + " entries of page lists";
  lines.add("", format("%lld pages, %s, softmax scale %.7g, inputs %s", static_cast<long long>(problem.pages),
                       entries.c_str(), double(problem.scale), source.c_str()));
  lines.add("launch", grouped(report.plan.shape.grid[0]) + " workgroups of " +
                          std::to_string(report.plan.shape.block[0]) + " work-items, workspace " +
                          bytesText(double(report.plan.workspaceBytes)));
}

void addChecks(Lines &lines, const std::string &label, const std::vector<Check> &checks) {
  std::string left = label;
  for (const Check &check : checks) {
    lines.add(left, std::string(check.ok ? "ok      " : "FAILED  ") + check.name + ": " + check.detail);
    left.clear();
  }
}

void addErrors(Lines &lines, const Verification &verification) {
  const reference::Errors &errors = verification.errors;
  lines.add("error", format("largest %.4g at ", errors.largest) + placeText(errors.where) +
                         format(": got %.6g, expected %.6g", errors.got, errors.expected));
  lines.add("", format("relative L2 %.4e, best possible %.4e, ratio %.4g", errors.relativeL2, errors.bestRelativeL2,
                       errors.ratio));
  if (errors.expectedNaN)
    lines.add("", grouped(errors.expectedNaN) + " elements are expected to be NaN");
  addChecks(lines, "verified", verification.checks);
}

void addResources(Lines &lines, const Json &kernel) {
  if (!kernel.is_object())
    return lines.add("resources", "unknown: pa-inspect is not beside pa-run, or has failed");
  auto number = [&](const char *name) { return kernel.value(name, int64_t(0)); };
  auto count = [&](const char *name) { return std::to_string(number(name)); };
  lines.add("resources", count("vgprs") + " VGPRs, " + count("agprs") + " AGPRs, " + count("sgprs") + " SGPRs, LDS " +
                             count("lds_bytes") + " bytes, " + count("vgpr_spills") + " VGPR and " +
                             count("sgpr_spills") + " SGPR spills, scratch " + count("scratch_bytes_per_lane") +
                             " bytes a lane, code " + count("code_bytes") + " bytes");
  lines.add("occupancy", count("workgroups_per_cu") + " workgroups of " + count("waves_per_workgroup") +
                             " waves a CU: " + count("waves_per_cu") + " waves");
  const Json loop = kernel.value("kv_loop", Json(nullptr));
  if (!loop.is_object())
    return;
  auto bytes = [&](const char *name) {
    const Json value = loop.value(name, Json(nullptr));
    return value.is_number() ? bytesText(value.get<double>()) : std::string("none");
  };
  lines.add("in flight", "at least " + bytes("least_in_flight_bytes_per_wave") + " of KV a wave, " +
                             bytes("least_in_flight_bytes_per_cu") + " a CU; " +
                             std::to_string(loop.value("instructions", int64_t(0))) +
                             " instructions in the KV loop for " + bytes("kv_bytes_per_wave_iteration") + " a wave");
}

void addCounters(Lines &lines, const Report &report) {
  const Json &counters = report.counters;
  if (!counters.is_object())
    return;
  auto number = [&](const char *name) { return counters.value(name, uint64_t(0)); };
  lines.add("instructions", grouped(number("instructions")) + " by " + grouped(number("waves")) + " waves");
  std::vector<std::pair<uint64_t, std::string>> kinds;
  const Json kindCounts = counters.value("byKind", Json::object());
  for (const auto &item : kindCounts.items())
    kinds.emplace_back(item.value().get<uint64_t>(), item.key());
  std::sort(kinds.rbegin(), kinds.rend());
  std::string byKind;
  for (const auto &[count, kind] : kinds)
    byKind += (byKind.empty() ? "" : ", ") + kind + " " + grouped(count);
  lines.add("", byKind);

  KvTraffic kv = kvTraffic(report.description->variant, *report.problem, counters);
  lines.add("KV bytes", format("%.4f of those needed are loaded: ", kv.loadedOverNeeded()) + grouped(kv.loaded) +
                            " of " + grouped(kv.needed) + format(" (%.4f of whole pages, ", kv.loadedOverPages()) +
                            grouped(kv.neededPages) + ")");
  lines.add("KV loads", format("%.1f %% non-temporal, %.1f %% as 16 bytes a lane, ", 100 * kv.nonTemporalShare(),
                               100 * kv.sixteenByteShare()) +
                            grouped(kv.unique) + " distinct bytes, " + grouped(kv.again()) + " requested again");
  lines.add("memory", grouped(number("bytesLoaded")) + " bytes loaded, " + grouped(number("bytesStored")) +
                          " stored, " + grouped(number("bytesAtomic")) + " by " + grouped(number("atomics")) +
                          " atomics");
  lines.add("LDS", grouped(number("ldsAccesses")) + " accesses, " + grouped(number("ldsConflicts")) +
                       " extra cycles by bank conflicts, " + grouped(number("ldsBytesRead")) + " bytes read, " +
                       grouped(number("ldsBytesWritten")) + " written");
}

void addPasses(Lines &lines, const std::vector<PassWorth> &passes) {
  if (passes.empty())
    return;
  lines.add("passes",
            "                       in flight a CU  KV bytes / needed  non-temporal  instructions  in the loop");
  for (const PassWorth &row : passes)
    lines.add("", format("%-22s %14s %18.4f %11.1f %% %13s %12lld  %s",
                         row.without.empty() ? "all" : ("without " + row.without).c_str(),
                         bytesText(double(row.inFlightPerCu)).c_str(), row.loadedOverNeeded, 100 * row.nonTemporalShare,
                         grouped(row.instructions).c_str(), static_cast<long long>(row.loopInstructions),
                         row.verified ? "verified" : "NOT VERIFIED"));
}

std::string verdict(const Report &report) {
  if (!report.ok())
    return "NOT VERIFIED";
  return report.verified() ? "VERIFIED" : "run, not compared with the reference";
}

} // namespace

std::string textReport(const Report &report) {
  Lines lines;
  lines.add("kernel", report.description->kernel + " for " + report.description->chip + ", from " + report.input +
                          " (" + report.description->compiler + ")");
  lines.add("variant", variantText(report.description->variant));
  lines.add("device", report.device);
  addShapes(lines, report);
  if (!report.finding.empty())
    lines.add("finding", report.finding);
  if (report.verification)
    addErrors(lines, *report.verification);
  addChecks(lines, "exactness", report.exactness);
  addResources(lines, report.resources);
  addCounters(lines, report);
  addPasses(lines, report.passes);
  if (!report.launchSeconds.empty())
    lines.add(
        "time",
        format("%.2f s on the host for the launch", report.launchSeconds[0]) +
            (report.verification ? format(", %.2f s for the reference", report.verification->referenceSeconds) : ""));
  lines.add("result", verdict(report));
  return lines.text;
}

} // namespace pa::run
