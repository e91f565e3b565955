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

int32_t entryAt(const Problem &problem, int sequence, int position) {
  return problem.blockTables[entryIndex(problem.inputs(), sequence, position)];
}

// Entries of the sequence's own, and those behind them that belong to nobody.
int entriesOf(const Problem &problem, int sequence) {
  if (problem.kvIndptr.empty())
    return problem.tableWidth;
  int end = sequence + 1 == problem.sequences() ? static_cast<int>(problem.blockTables.size())
                                                : problem.kvIndptr[sequence + 1];
  return end - problem.kvIndptr[sequence];
}

std::string entryText(const Problem &problem, int sequence, int position) {
  int pageSize = problem.shape.pageSize;
  int64_t first = int64_t(position) * pageSize;
  return "page-table entry " + std::to_string(entryAt(problem, sequence, position)) + " of sequence " +
         std::to_string(sequence) + " at position " + std::to_string(position) + " (tokens " + std::to_string(first) +
         ".." + std::to_string(first + pageSize - 1) + ")";
}

// Why nobody should have looked at the entry.
std::string whyUnneeded(const Problem &problem, int sequence, int position) {
  reference::Inputs inputs = problem.inputs();
  int context = contextOf(problem.shape, inputs, sequence);
  if (position >= (context + problem.shape.pageSize - 1) / problem.shape.pageSize)
    return "but the sequence's context of " + std::to_string(context) + " tokens ends before it";
  if (queryTokens(problem.shape, inputs, sequence) == 0)
    return "but the sequence has no query tokens";
  return "but the sequence's window starts behind it, at token " +
         std::to_string(neededKeys(problem.shape, inputs, sequence).first);
}

} // namespace

std::string badPageText(const Problem &problem, const reference::BadPage &bad) {
  return entryText(problem, bad.sequence, bad.position) + " is outside the cache of " + std::to_string(problem.pages) +
         " pages";
}

std::string explainFault(const KernelFault &fault, const Problem &problem, const DecodeCall &call) {
  if (fault.kind != "out of bounds")
    return "";
  const Geometry &geometry = problem.geometry;
  const struct {
    uint64_t address;
    int64_t pageBytes; // 0: nothing there belongs to a page
  } paged[] = {{call.keyCache, geometry.keys.page},
               {call.valueCache, geometry.values.page},
               {call.keyScales, geometry.keyScales.page},
               {call.valueScales, geometry.valueScales.page}};
  auto explains = [&](int32_t entry) {
    for (const auto &[address, pageBytes] : paged)
      if (pageBytes && pageHolds(address, entry, pageBytes, fault.address))
        return true;
    return false;
  };
  for (int sequence = 0; sequence < problem.sequences(); ++sequence) {
    reference::KeyRange needed = neededKeys(problem.shape, problem.inputs(), sequence);
    for (int position = 0, end = entriesOf(problem, sequence); position < end; ++position) {
      int32_t entry = entryAt(problem, sequence, position);
      if ((entry >= 0 && entry < problem.pages) || !explains(entry))
        continue;
      int64_t first = int64_t(position) * problem.shape.pageSize;
      if (first < needed.end && first + problem.shape.pageSize > needed.first)
        return badPageText(problem, {sequence, position, entry});
      return entryText(problem, sequence, position) + " was dereferenced, " + whyUnneeded(problem, sequence, position) +
             ": what lies there is unspecified";
    }
  }
  return "";
}

} // namespace pa::run
