#include "compiler/variant/JsonValue.h"
#include "runtime/device/emulated/EmulatedDevice.h"

namespace pa {
namespace {

JsonValue toJson(uint64_t number) { return number; }
JsonObject toJson(const emu::AllocationCounters &counters);

template <class Value> JsonObject toJson(const std::map<std::string, Value> &all) {
  JsonObject json;
  for (const auto &[name, value] : all)
    json.push_back({name, toJson(value)});
  return json;
}

JsonObject toJson(const emu::AllocationCounters &counters) {
  constexpr const char *widths[] = {"1-2", "4", "8", "12", "16"};
  JsonObject byWidth;
  for (size_t i = 0; i < std::size(widths); ++i)
    byWidth.push_back({widths[i], counters.bytesLoadedByWidth[i]});
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
  return printJson(JsonObject{{"workgroups", counters.workgroups},
                              {"waves", counters.waves},
                              {"instructions", report.instructions},
                              {"byKind", toJson(counters.byKind)},
                              {"byMnemonic", toJson(counters.byMnemonic)},
                              {"bytesLoaded", counters.bytesLoaded},
                              {"bytesStored", counters.bytesStored},
                              {"bytesAtomic", counters.bytesAtomic},
                              {"ldsAccesses", counters.ldsAccesses},
                              {"ldsBytesRead", counters.ldsBytesRead},
                              {"ldsBytesWritten", counters.ldsBytesWritten},
                              {"ldsConflicts", counters.ldsConflicts},
                              {"barriers", counters.barriers},
                              {"atomics", counters.atomics},
                              {"buffers", toJson(counters.allocations)},
                              {"hostSeconds", report.seconds}});
}

} // namespace pa
