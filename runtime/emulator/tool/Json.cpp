#include "runtime/emulator/tool/Json.h"

#include <nlohmann/json.hpp>

namespace pa::emu::tool {

std::string countersAsJson(const Report &report) {
  const Counters &c = report.counters;
  nlohmann::ordered_json j;
  j["workgroups"] = c.workgroups;
  j["waves"] = c.waves;
  j["instructions"] = c.instructions;
  j["by_kind"] = c.byKind;
  j["by_mnemonic"] = c.byMnemonic;
  j["bytes_loaded"] = c.bytesLoaded;
  j["bytes_stored"] = c.bytesStored;
  j["bytes_atomic"] = c.bytesAtomic;
  j["lds_accesses"] = c.ldsAccesses;
  j["lds_bytes_read"] = c.ldsBytesRead;
  j["lds_bytes_written"] = c.ldsBytesWritten;
  j["lds_conflicts"] = c.ldsConflicts;
  j["barriers"] = c.barriers;
  j["atomics"] = c.atomics;
  j["bytes_scratch"] = c.bytesScratch;
  j["bytes_in_flight_most"] = c.bytesInFlightMost;
  j["bytes_in_flight_at_waits"] = c.bytesInFlightAtWaits;
  j["l2"] = {{"requests", c.l2.requests},
             {"hits", c.l2.hits},
             {"bytes_from_memory", c.l2.bytesFromMemory},
             {"bytes_to_memory", c.l2.bytesToMemory}};
  j["occupancy"] = {{"workgroups_per_cu", report.occupancy.workgroups},
                    {"waves_per_cu", report.occupancy.waves},
                    {"limit", report.occupancy.limit}};
  static const char *const widths[] = {"1-2", "4", "8", "12", "16"};
  for (const auto &entry : c.allocations) {
    const AllocationCounters &a = entry.second;
    nlohmann::ordered_json &o = j["allocations"][entry.first];
    o["bytes_loaded"] = a.bytesLoaded;
    o["bytes_stored"] = a.bytesStored;
    o["bytes_atomic"] = a.bytesAtomic;
    o["bytes_loaded_non_temporal"] = a.bytesLoadedNonTemporal;
    o["bytes_loaded_scalar"] = a.bytesLoadedScalar;
    for (unsigned n = 0; n < 5; ++n)
      o["bytes_loaded_by_width"][widths[n]] = a.bytesLoadedByWidth[n];
    o["unique_bytes_loaded"] = a.uniqueBytesLoaded;
    o["unique_lines_loaded"] = a.uniqueLinesLoaded;
    o["lines_loaded"] = a.linesLoaded;
  }
  for (const InstructionCounters &i : c.perInstruction) {
    nlohmann::ordered_json o = {{"offset", i.offset}, {"text", i.text}, {"executed", i.executed}};
    if (!i.source.empty())
      o["source"] = i.source;
    if (i.activeLanes) {
      o["active_lanes"] = i.activeLanes;
      o["bytes"] = i.bytes;
      o["lines"] = i.lines;
      o["lds_conflicts"] = i.ldsConflicts;
    }
    j["instructions_of_the_kernel"].push_back(std::move(o));
  }
  return j.dump(2) + "\n";
}

} // namespace pa::emu::tool
