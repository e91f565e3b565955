#include "compiler/tools/run/FaultPlace.h"

namespace pa::run {
namespace {

// A kernel may extend an entry with its sign or with zeros before it multiplies.
bool pageHolds(uint64_t cache, int32_t entry, uint64_t pageBytes, uint64_t address) {
  uint64_t pages[] = {static_cast<uint64_t>(static_cast<int64_t>(entry)), static_cast<uint32_t>(entry)};
  for (uint64_t page : pages)
    if (address - (cache + page * pageBytes) < pageBytes)
      return true;
  return false;
}

std::string entryText(const Problem &problem, int sequence, int position) {
  int pageSize = problem.shape.pageSize;
  int64_t first = int64_t(position) * pageSize;
  return "page-table entry " + std::to_string(problem.blockTables[size_t(sequence) * problem.tableWidth + position]) +
         " of sequence " + std::to_string(sequence) + " at position " + std::to_string(position) + " (tokens " +
         std::to_string(first) + ".." + std::to_string(first + pageSize - 1) + ")";
}

} // namespace

std::string badPageText(const Problem &problem, const reference::BadPage &bad) {
  return entryText(problem, bad.sequence, bad.position) + " is outside the cache of " + std::to_string(problem.pages) +
         " pages";
}

std::string explainFault(const KernelFault &fault, const Variant &variant, const Problem &problem,
                         const DecodeCall &call) {
  if (fault.kind != "out of bounds")
    return "";
  uint64_t keyPage = call.keyPageStride ? call.keyPageStride : variant.keyPageBytes();
  uint64_t valuePage = call.valuePageStride ? call.valuePageStride : variant.valuePageBytes();
  for (int sequence = 0; sequence < problem.sequences(); ++sequence) {
    int context = reference::clampedContext(problem.shape, problem.inputs(), sequence);
    int used = (context + problem.shape.pageSize - 1) / problem.shape.pageSize;
    for (int position = 0; position < problem.tableWidth; ++position) {
      int32_t entry = problem.blockTables[size_t(sequence) * problem.tableWidth + position];
      if (entry >= 0 && entry < problem.pages)
        continue;
      if (!pageHolds(call.keyCache, entry, keyPage, fault.address) &&
          !pageHolds(call.valueCache, entry, valuePage, fault.address))
        continue;
      if (position < used)
        return badPageText(problem, {sequence, position, entry});
      return entryText(problem, sequence, position) + " was dereferenced, but the sequence's context of " +
             std::to_string(context) + " tokens ends before it: what lies there is unspecified";
    }
  }
  return "";
}

} // namespace pa::run
