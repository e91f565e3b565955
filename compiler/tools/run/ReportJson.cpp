#include "compiler/tools/run/Report.h"

#include <algorithm>
#include <cmath>

namespace pa::run {
namespace {

// JSON has no infinity: as text.
Json number(double value) {
  if (std::isfinite(value))
    return value;
  return std::isnan(value) ? "nan" : value > 0 ? "inf" : "-inf";
}

Json place(const reference::Place &place) {
  return {{"sequence", place.sequence}, {"token", place.token}, {"head", place.head}, {"d", place.d}};
}

Json shapesJson(const Report &report) {
  const Problem &problem = *report.problem;
  const InputOptions &inputs = report.options->inputs;
  Json json = {{"sequences", problem.sequences()},
               {"contexts", problem.contexts},
               {"table_width", problem.tableWidth},
               {"pages", problem.pages},
               {"softmax_scale", problem.scale},
               {"inputs", inputs.anyFile() ? "files" : toString(inputs.distribution)},
               {"page_order", toString(inputs.pages)},
               {"strides", toString(inputs.packing)},
               {"seed", inputs.seed}};
  if (!problem.qoIndptr.empty())
    json["qo_indptr"] = problem.qoIndptr;
  if (!problem.kvIndptr.empty())
    json["kv_indptr"] = problem.kvIndptr;
  return json;
}

Json errorsJson(const Verification &verification) {
  const reference::Errors &errors = verification.errors;
  Json json = {{"largest", number(errors.largest)},
               {"largest_at", place(errors.where)},
               {"got", number(errors.got)},
               {"expected", number(errors.expected)},
               {"relative_l2", number(errors.relativeL2)},
               {"best_relative_l2", number(errors.bestRelativeL2)},
               {"ratio_to_best", number(errors.ratio)},
               {"worst_sequence", errors.worstSequence},
               {"worst_sequence_ratio", number(errors.worstSequenceRatio)},
               {"largest_of_row", number(errors.largestOfRow)},
               {"largest_excess_of_row", number(errors.largestExcessOfRow)},
               {"inexact_rows", errors.inexactRows},
               {"expected_nan", errors.expectedNaN}};
  if (verification.hasLse)
    json["lse"] = {{"largest", number(verification.lse.largest)}, {"largest_at", place(verification.lse.where)}};
  return json;
}

Json checksJson(const std::vector<Check> &checks) {
  Json json = Json::array();
  for (const Check &check : checks)
    json.push_back({{"name", check.name}, {"ok", check.ok}, {"detail", check.detail}});
  return json;
}

Json trafficJson(const KvTraffic &traffic) {
  return {{"needed_bytes", traffic.needed},
          {"needed_whole_pages_bytes", traffic.neededPages},
          {"loaded_bytes", traffic.loaded},
          {"unique_bytes", traffic.unique},
          {"requested_again_bytes", traffic.again()},
          {"loaded_over_needed", traffic.loadedOverNeeded()},
          {"loaded_over_whole_pages", traffic.loadedOverPages()},
          {"nontemporal_share", traffic.nonTemporalShare()},
          {"sixteen_byte_share", traffic.sixteenByteShare()}};
}

Json faultJson(const KernelFault &fault) {
  return {{"kind", fault.kind},        {"instruction", fault.instruction},
          {"offset", fault.offset},    {"workgroup", fault.workgroup},
          {"wave", fault.wave},        {"lane", fault.lane},
          {"address", fault.address},  {"buffer", fault.buffer},
          {"distance", fault.distance}};
}

bool allOk(const std::vector<Check> &checks) {
  return std::all_of(checks.begin(), checks.end(), [](const Check &check) { return check.ok; });
}

} // namespace

bool Report::ok() const {
  // The first of the passes' rows is this run itself.
  bool passesOk = std::all_of(passes.begin(), passes.end(),
                              [&](const PassWorth &row) { return row.without.empty() || row.verified; });
  return finding.empty() && (!verification || allOk(verification->checks)) && allOk(exactness) && passesOk;
}

bool Report::verified() const { return verification && ok(); }

Json jsonReport(const Report &report) {
  Json json = {{"pa_run", 1},
               {"input", report.input},
               {"device", report.device},
               {"kernel", report.description->kernel},
               {"chip", report.description->chip},
               {"compiler", report.description->compiler},
               {"verified", report.verified()},
               {"variant", Json::parse(printVariant(report.description->variant))},
               {"shapes", shapesJson(report)},
               {"launch",
                {{"workgroups", report.plan.shape.grid[0]},
                 {"block", report.plan.shape.block[0]},
                 {"workspace_bytes", report.plan.workspaceBytes},
                 {"seconds", report.launchSeconds}}}};
  if (!report.finding.empty())
    json["finding"] = {{"message", report.finding}, {"fault", report.fault ? faultJson(*report.fault) : Json(nullptr)}};
  if (report.verification) {
    json["errors"] = errorsJson(*report.verification);
    json["checks"] = checksJson(report.verification->checks);
    json["reference_seconds"] = report.verification->referenceSeconds;
  }
  if (!report.exactness.empty())
    json["exactness"] = checksJson(report.exactness);
  for (const PassWorth &row : report.passes)
    json["passes"].push_back({{"without", row.without},
                              {"least_in_flight_bytes_per_cu", row.inFlightPerCu},
                              {"kv_loaded_over_needed", row.loadedOverNeeded},
                              {"kv_nontemporal_share", row.nonTemporalShare},
                              {"instructions", row.instructions},
                              {"kv_loop_instructions", row.loopInstructions},
                              {"verified", row.verified}});
  json["resources"] = report.resources;
  if (!report.counters.is_null())
    json["kv_traffic"] = trafficJson(kvTraffic(report.description->variant, *report.problem, report.counters));
  json["counters"] = report.counters;
  return json;
}

} // namespace pa::run
