#include "compiler/tools/run/Figures.h"
#include "compiler/tools/run/Process.h"

namespace pa::run {

KvTraffic kvTraffic(const Variant &variant, const Problem &problem, const Json &counters) {
  KvTraffic traffic;
  uint64_t tokenBytes = (variant.keyPageBytes() + variant.valuePageBytes()) / variant.pageSize; // K and V
  for (int sequence = 0; sequence < problem.sequences(); ++sequence) {
    uint64_t context = reference::clampedContext(problem.shape, problem.inputs(), sequence);
    traffic.needed += context * tokenBytes;
    traffic.neededPages += (context + variant.pageSize - 1) / variant.pageSize * variant.pageSize * tokenBytes;
  }
  for (const char *name : {"key_cache", "value_cache"}) {
    const Json cache = counters.value("buffers", Json::object()).value(name, Json::object());
    traffic.loaded += cache.value("bytesLoaded", uint64_t(0));
    traffic.unique += cache.value("uniqueBytesLoaded", uint64_t(0));
    traffic.nonTemporal += cache.value("bytesLoadedNonTemporal", uint64_t(0));
    traffic.sixteenBytes += cache.value("bytesLoadedByWidth", Json::object()).value("16", uint64_t(0));
  }
  return traffic;
}

Json inspectKernel(const std::string &objectPath, const std::string &kernel) {
  std::string tool = findTool("pa-inspect");
  if (tool.empty())
    return nullptr;
  auto output = runProcess(tool, {"--json", objectPath});
  if (!output)
    return nullptr;
  Json report = Json::parse(*output, nullptr, /*allow_exceptions=*/false);
  if (!report.is_object() || !report.contains("kernels") || !report["kernels"].is_array())
    return nullptr;
  for (const Json &entry : report["kernels"])
    if (entry.is_object() && entry.value("name", "") == kernel)
      return entry;
  return nullptr;
}

} // namespace pa::run
