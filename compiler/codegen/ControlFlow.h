// Basic blocks and innermost loops of a disassembled kernel.
#ifndef PA_COMPILER_CODEGEN_CONTROLFLOW_H
#define PA_COMPILER_CODEGEN_CONTROLFLOW_H

#include "compiler/codegen/Disassembler.h"

#include <set>
#include <vector>

namespace pa {

struct Block {
  size_t begin, end;              // instruction indices, [begin, end)
  std::vector<size_t> successors; // block indices
};

struct Loop {
  size_t header;           // block index
  std::set<size_t> blocks; // block indices, the header included
};

// Blocks in address order; block 0 is the entry. A call or an indirect branch counts as falling through.
std::vector<Block> findBlocks(const std::vector<Instruction> &code);

// Natural loops that contain no other loop; loops with the same header are one.
std::vector<Loop> findInnermostLoops(const std::vector<Block> &blocks);

// Ways through one iteration, from the header to a branch back to it, as block indices; at most `limit` of them. Where
// a branch may fall through, falling through comes first.
std::vector<std::vector<size_t>> findPaths(const std::vector<Block> &blocks, const Loop &loop, size_t limit);

} // namespace pa

#endif
