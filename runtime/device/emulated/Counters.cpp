#include "runtime/device/emulated/EmulatedDevice.h"

#include <nlohmann/json.hpp>

namespace pa {
namespace {

using Json = nlohmann::ordered_json;

Json toJson(const emu::AllocationCounters &counters) {
  constexpr const char *widths[] = {"1-2", "4", "8", "12", "16"};
  Json byWidth;
  for (size_t i = 0; i < std::size(widths); ++i)
    byWidth[widths[i]] = counters.bytesLoadedByWidth[i];
  return {{"bytesLoaded", counters.bytesLoaded},
          {"bytesStored", counters.bytesStored},
          {"bytesAtomic", counters.bytesAtomic},
          {"bytesLoadedNonTemporal", counters.bytesLoadedNonTemporal},
          {"bytesLoadedByWidth", byWidth},
          {"bytesLoadedScalar", counters.bytesLoadedScalar},
          {"uniqueBytesLoaded", counters.uniqueBytesLoaded},
          {"uniqueLinesLoaded", counters.uniqueLinesLoaded},
          {"linesLoaded", counters.linesLoaded}};
}

} // namespace

std::string toJson(const emu::Report &report) {
  const emu::Counters &counters = report.counters;
  Json buffers = Json::object();
  for (const auto &[name, allocation] : counters.allocations)
    buffers[name] = toJson(allocation);
  Json json = {{"workgroups", counters.workgroups},
               {"waves", counters.waves},
               {"instructions", report.instructions},
               {"byKind", counters.byKind},
               {"byMnemonic", counters.byMnemonic},
               {"bytesLoaded", counters.bytesLoaded},
               {"bytesStored", counters.bytesStored},
               {"bytesAtomic", counters.bytesAtomic},
               {"ldsAccesses", counters.ldsAccesses},
               {"ldsBytesRead", counters.ldsBytesRead},
               {"ldsBytesWritten", counters.ldsBytesWritten},
               {"ldsConflicts", counters.ldsConflicts},
               {"barriers", counters.barriers},
               {"atomics", counters.atomics},
               {"buffers", buffers},
               {"hostSeconds", report.seconds}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

} // namespace pa
