#include "compiler/codegen/ControlFlow.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringRef.h"

#include <map>

namespace pa {
namespace {

bool endsProgram(const Instruction &instruction) {
  return llvm::StringRef(instruction.mnemonic).starts_with("s_endpgm") || instruction.mnemonic == "s_setpc_b64";
}

bool isAlwaysTaken(const Instruction &instruction) { return instruction.mnemonic == "s_branch"; }

std::set<size_t> findLeaders(const std::vector<Instruction> &code, const std::map<uint64_t, size_t> &indexOf) {
  std::set<size_t> leaders{0};
  for (size_t i = 0; i < code.size(); ++i) {
    if (code[i].target)
      if (auto found = indexOf.find(*code[i].target); found != indexOf.end())
        leaders.insert(found->second);
    if ((code[i].target || endsProgram(code[i])) && i + 1 < code.size())
      leaders.insert(i + 1);
  }
  return leaders;
}

using BlockSet = std::vector<bool>;

// dominators[b][d]: every way from the entry to b leads through d. For unreachable blocks: all.
std::vector<BlockSet> findDominators(const std::vector<Block> &blocks,
                                     const std::vector<std::vector<size_t>> &predecessors) {
  size_t count = blocks.size();
  std::vector<BlockSet> dominators(count, BlockSet(count, true));
  dominators[0].assign(count, false);
  dominators[0][0] = true;
  for (bool changed = true; changed;) {
    changed = false;
    for (size_t block = 1; block < count; ++block) {
      BlockSet next(count, true);
      for (size_t predecessor : predecessors[block])
        for (size_t i = 0; i < count; ++i)
          next[i] = next[i] && dominators[predecessor][i];
      next[block] = true;
      changed |= next != dominators[block];
      dominators[block] = std::move(next);
    }
  }
  return dominators;
}

void addBody(Loop &loop, size_t latch, const std::vector<std::vector<size_t>> &predecessors) {
  std::vector<size_t> work{latch};
  while (!work.empty()) {
    size_t block = work.back();
    work.pop_back();
    if (!loop.blocks.insert(block).second)
      continue;
    work.insert(work.end(), predecessors[block].begin(), predecessors[block].end());
  }
}

void extendPath(const std::vector<Block> &blocks, const Loop &loop, size_t limit, std::vector<size_t> &path,
                std::vector<std::vector<size_t>> &paths) {
  for (size_t next : blocks[path.back()].successors) {
    if (paths.size() >= limit)
      return;
    if (next == loop.header) {
      paths.push_back(path);
      continue;
    }
    if (!loop.blocks.count(next) || llvm::is_contained(path, next))
      continue;
    path.push_back(next);
    extendPath(blocks, loop, limit, path, paths);
    path.pop_back();
  }
}

} // namespace

std::vector<Block> findBlocks(const std::vector<Instruction> &code) {
  if (code.empty())
    return {};
  std::map<uint64_t, size_t> indexOf;
  for (size_t i = 0; i < code.size(); ++i)
    indexOf[code[i].address] = i;
  std::set<size_t> leaders = findLeaders(code, indexOf);
  std::vector<Block> blocks;
  std::map<size_t, size_t> blockOf; // first instruction -> block
  for (size_t leader : leaders) {
    if (!blocks.empty())
      blocks.back().end = leader;
    blockOf[leader] = blocks.size();
    blocks.push_back({leader, code.size(), {}});
  }
  for (size_t i = 0; i < blocks.size(); ++i) {
    const Instruction &last = code[blocks[i].end - 1];
    if (!endsProgram(last) && !isAlwaysTaken(last) && i + 1 < blocks.size())
      blocks[i].successors.push_back(i + 1);
    if (last.target)
      if (auto found = indexOf.find(*last.target); found != indexOf.end())
        blocks[i].successors.push_back(blockOf[found->second]);
  }
  return blocks;
}

std::vector<Loop> findInnermostLoops(const std::vector<Block> &blocks) {
  if (blocks.empty())
    return {};
  std::vector<std::vector<size_t>> predecessors(blocks.size());
  for (size_t i = 0; i < blocks.size(); ++i)
    for (size_t successor : blocks[i].successors)
      predecessors[successor].push_back(i);
  std::vector<BlockSet> dominators = findDominators(blocks, predecessors);

  std::map<size_t, Loop> loops; // by header
  for (size_t latch = 0; latch < blocks.size(); ++latch) {
    for (size_t header : blocks[latch].successors) {
      bool reachable = latch == 0 || !predecessors[latch].empty();
      if (!reachable || !dominators[latch][header])
        continue;
      Loop &loop = loops.try_emplace(header, Loop{header, {header}}).first->second;
      addBody(loop, latch, predecessors);
    }
  }
  std::vector<Loop> innermost;
  for (const auto &[header, loop] : loops) {
    bool holdsAnother = llvm::any_of(loops, [&, &loop = loop](const auto &other) {
      return other.first != loop.header && loop.blocks.count(other.first);
    });
    if (!holdsAnother)
      innermost.push_back(loop);
  }
  return innermost;
}

std::vector<std::vector<size_t>> findPaths(const std::vector<Block> &blocks, const Loop &loop, size_t limit) {
  std::vector<std::vector<size_t>> paths;
  std::vector<size_t> path{loop.header};
  extendPath(blocks, loop, limit, path, paths);
  return paths;
}

} // namespace pa
