// How undefined bits travel through each instruction of a kernel: looked up by name once, when a run begins.
#ifndef PA_RUNTIME_EMULATOR_OBSERVE_RULES_H
#define PA_RUNTIME_EMULATOR_OBSERVE_RULES_H

#include "runtime/emulator/decode/Program.h"

namespace pa::emu {

enum class Rule : uint8_t {
  none,     // no value travels
  lanewise, // a lane's result is undefined where any byte is that the instruction reads of its sources
  bytewise, // each byte of the result on its own
  andOr,    // bytewise, and a defined 0 (of v_and) or a defined -1 (of v_or) decides
  upward,   // sums and products: a byte depends on those of the sources that are not above it
  select,
  shift, // by a known number; else lanewise
  shiftOr,
  field, // v_bfe
  bytePermute,
  halves, // low half from the first source, high half from the second
  packed, // halves chosen by op_sel, each on its own
  packedDwords,
  compare,
  // Across lanes.
  readLane,
  readFirstLane,
  writeLane,
  pull, // ds_bpermute
  push, // ds_permute
  swizzle,
  swap,
  swap16,
  swap32,
  matrix,
  // Scalars.
  scalar,       // all bits of the result where any source has one
  scalarUpward, // sums and products of scalars, bit by bit
  scalarShift,
  scalarBits, // and, or, xor and their like, with SCC from the result
  scalarMove,
  scalarSelect,
  saveExec,
  index, // s_set_gpr_idx_*: chooses registers, through M0
  branchScc,
  branchVcc,
  jump, // the target is a register
  memory,
};

struct RegisterRange {
  uint16_t reg;
  uint8_t count;
};

struct Plan {
  Rule rule = Rule::none;
  bool writesScc = false, readsScc = false;
  bool readsOld = false;    // the destination is a source too
  uint8_t addresses = 0;    // bit n: source n is one
  uint8_t countSource = 15; // of rules that go upward: the source that all of the result depends on; 15: none
  uint8_t sourceBytes = 15; // of a 32-bit source: the bytes that are looked at
  // Of memory instructions.
  bool toLds = false, twoAddress = false, half = false, highHalf = false, extendsSign = false, transposes = false;
  uint8_t dataSource[2] = {15, 15}; // which sources are stored; 15: none
  // Where all of these are defined, there is nothing to do.
  uint8_t vectorCount = 0, scalarCount = 0;
  RegisterRange vectors[7] = {}, scalars[8] = {};
};

std::vector<Plan> plansOf(const Program &program);

} // namespace pa::emu

#endif
