#include "compiler/tools/run/Figures.h"
#include "compiler/tools/run/Process.h"

namespace pa::run {

namespace {

// Bytes of one token's scales, and of one page's where the page has them.
struct ScaleBytes {
  uint64_t token = 0, page = 0;
};
ScaleBytes scaleBytes(const Variant &variant) {
  uint64_t both = 2 * uint64_t(variant.kvHeads) * sizeof(float); // K's and V's
  if (variant.scales == Scales::token)
    return {both, 0};
  return {0, variant.scales == Scales::page ? both : 0};
}

} // namespace

KvTraffic kvTraffic(const Variant &variant, const Problem &problem, const Json &counters) {
  KvTraffic traffic;
  ScaleBytes scales = scaleBytes(variant);
  uint64_t tokenBytes = (variant.keyPageBytes() + variant.valuePageBytes()) / variant.pageSize + scales.token;
  uint64_t pageBytes = variant.pageSize * tokenBytes + scales.page;
  for (int sequence = 0; sequence < problem.sequences(); ++sequence) {
    reference::KeyRange keys = neededKeys(problem.shape, problem.inputs(), sequence);
    if (keys.count() <= 0)
      continue;
    uint64_t pages = (keys.end + variant.pageSize - 1) / variant.pageSize - keys.first / variant.pageSize;
    traffic.needed += keys.count() * tokenBytes + pages * scales.page;
    traffic.neededPages += pages * pageBytes;
  }
  bool scalesCount = scales.token || scales.page;
  for (const char *name : {"key_cache", "value_cache", "kv_cache", "key_scales", "value_scales"}) {
    bool isScale = std::string_view(name).find("scales") != std::string_view::npos;
    if (isScale && !scalesCount)
      continue;
    const Json cache = counters.value("buffers", Json::object()).value(name, Json::object());
    uint64_t loaded = cache.value("bytesLoaded", uint64_t(0));
    traffic.loaded += loaded;
    traffic.unique += cache.value("uniqueBytesLoaded", uint64_t(0));
    if (isScale)
      continue; // their loads are as narrow as they are
    traffic.elements += loaded;
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
