// A decoded instruction, and the rows of the tables that decoding looks mnemonics up in.
//
// Plain data without LLVM: the decoder fills it once a kernel, handlers and observers only read it.
#ifndef PA_RUNTIME_EMULATOR_CORE_INSTRUCTION_H
#define PA_RUNTIME_EMULATOR_CORE_INSTRUCTION_H

#include <cstddef>
#include <cstdint>

namespace pa::emu {

struct Wave;
struct Inst;
using Handler = void (*)(Wave &, const Inst &);

// What counters call an instruction.
enum class Kind : uint8_t { valu, transcendental, mfma, salu, smem, vmem, lds, branch, waitcnt, barrier, other };
constexpr unsigned kindCount = 11;
const char *toString(Kind kind);

// Where an operand lives. Scalar registers are numbered as the encoding does: s0..s101, flat_scratch 102,
// xnack_mask 104, vcc 106, ttmp0 108, m0 124, exec 126, vccz 251, execz 252, scc 253. AGPRs are VGPRs from the kernel's
// accum_offset on.
enum class Place : uint8_t { none, vgpr, sgpr, constant, off };

namespace sreg {
constexpr unsigned flatScratch = 102, vcc = 106, m0 = 124, exec = 126, vccz = 251, execz = 252, scc = 253, count = 256;
} // namespace sreg

// What an operand's bits mean: its width, how a float constant's name becomes bits, and which source modifiers fit.
enum class Type : uint8_t {
  none,
  b16,   // 16-bit integer in a 32-bit register
  f16,   // half
  b32,   // 32-bit integer or bits
  f32,   //
  b64,   // 64-bit integer or bits
  f64,   //
  pk16,  // two 16-bit integers
  pkf16, // two halves
  pkf32, // two floats in two registers
  mask,  // a lane mask in two SGPRs
  b96,
  b128,
  b192,
  b256,
  b512,
  b1024,
  vaddr,    // a global address: 64 bits in VGPRs, or 32 bits when a scalar base follows
  saddr,    // its scalar base, or `off`
  scratchV, // a scratch offset in a VGPR, or `off`
  scratchS, // and in an SGPR
  imm,      // a number in the text
};
unsigned dwordsOf(Type type);

enum class Role : uint8_t { dst, src };

struct OperandSpec {
  Role role = Role::src;
  Type type = Type::none;
};

namespace mod { // source modifiers of an operand
constexpr uint8_t neg = 1, abs = 2, sext = 4;
} // namespace mod

struct Operand {
  Place place = Place::none;
  uint8_t dwords = 0;
  uint8_t mods = 0;
  Type type = Type::none;
  uint16_t reg = 0;   // of vgpr, sgpr
  uint64_t value = 0; // of constant: bits by the operand's type
};

// Named modifiers of a line, as bits of Inst::present and Row::modifiers.
enum class Modifier : uint8_t {
  offset,
  offset0,
  offset1,
  offen,
  idxen,
  sc0,
  sc1,
  nt,
  lds,
  gds,
  clamp,
  omod,
  opSel,
  opSelHi,
  negLo,
  negHi,
  cbsz,
  abid,
  blgp,
  dpp,
  rowMask,
  bankMask,
  boundCtrl,
  dstSel,
  dstUnused,
  src0Sel,
  src1Sel,
  bitop3,
  vmcnt,
  expcnt,
  lgkmcnt,
  glc,
  fi,
  neg
};
constexpr uint64_t bit(Modifier m) { return uint64_t(1) << unsigned(m); }

namespace mods { // sets of them
constexpr uint64_t none = 0;
constexpr uint64_t dpp =
    bit(Modifier::dpp) | bit(Modifier::rowMask) | bit(Modifier::bankMask) | bit(Modifier::boundCtrl);
constexpr uint64_t sdwa =
    bit(Modifier::dstSel) | bit(Modifier::dstUnused) | bit(Modifier::src0Sel) | bit(Modifier::src1Sel);
constexpr uint64_t clamp = bit(Modifier::clamp);
constexpr uint64_t omod = bit(Modifier::omod);
constexpr uint64_t opSel = bit(Modifier::opSel);
constexpr uint64_t vop3p = opSel | bit(Modifier::opSelHi) | bit(Modifier::negLo) | bit(Modifier::negHi);
constexpr uint64_t cache = bit(Modifier::sc0) | bit(Modifier::sc1) | bit(Modifier::nt);
constexpr uint64_t offset = bit(Modifier::offset);
constexpr uint64_t buffer = offset | cache | bit(Modifier::offen) | bit(Modifier::idxen);
} // namespace mods

// DPP controls, as printed.
enum class Dpp : uint8_t {
  none,
  quadPerm,
  rowShl,
  rowShr,
  rowRor,
  waveShl,
  waveRol,
  waveShr,
  waveRor,
  rowMirror,
  rowHalfMirror,
  rowBcast15,
  rowBcast31,
  rowNewbcast
};

// SDWA selectors and what becomes of the destination's other bits.
enum class Sel : uint8_t { byte0, byte1, byte2, byte3, word0, word1, dword };
enum class Unused : uint8_t { pad, sext, preserve };

// Facts that observers need about a row beyond its operands.
namespace flag {
constexpr uint32_t readsVcc = 1, writesExec = 2, readsM0 = 4, readsExecMask = 8, load = 16, store = 32, atomic = 64,
                   floatResult = 128, // clamp is to [0,1] and omod applies
    keepHigh = 256,                   // a 16-bit result leaves the register's other half as it was
    defaultHostState = 512,           // runs with the host's default rounding and denormals, whatever MODE says
    ends = 1024, call = 2048, branch = 4096,
                   indexing = 65536, // turns VGPR indexing on
    flat = 32768,                    // sits in both counters until each has been waited for
    readsResults = 16384,            // the destinations are sources too (swaps)
    dataIsResult = 8192,             // with sc0, the first source is written too (buffer atomics)
    wideHostState = 131072,          // runs with MODE's rounding and denormals of f64, not those of f32
    halfHostState = 2097152,         // rounds as MODE says for f16; that arithmetic has no denormals of the host's
    nearestHostState = 262144,       // rounds to nearest whatever MODE says, with its denormals
    refusesOverflow = 524288,        // what FP16_OVFL makes of it is not known
    refusesRounding = 1048576,       // what f16's rounding modes make of it is not known
    flushingHostState = 4194304,     // rounds to nearest and flushes all denormals, whatever MODE says
    message = 8388608;               // sits in lgkmcnt, as scalar loads do
} // namespace flag

constexpr unsigned maxOperands = 8;

// One row of an instruction table. A mnemonic may have several rows that differ in their operands.
struct Row {
  const char *name = nullptr; // without the encoding's suffix (_e32, _e64, _dpp, _sdwa)
  Handler run = nullptr;
  Kind kind = Kind::other;
  uint8_t operandCount = 0;
  OperandSpec operands[maxOperands] = {};
  uint64_t modifiers = 0; // those that the handler honours; any other is refused
  uint32_t flags = 0;
  uint32_t bytes = 0;         // of memory instructions: bytes a lane (SMEM: a wave)
  uint8_t defaultOpSelHi = 0; // where the text names none
  const char *only = nullptr; // the one chip that has it, or null
  // What of an instruction's fields does not go together, null if nothing.
  const char *(*check)(const Inst &) = nullptr;
};

struct Rows {
  const Row *begin;
  size_t count;
};

struct Inst {
  Handler run = nullptr;
  const Row *row = nullptr;
  const uint8_t *dppLanes = nullptr; // source lane of each lane; where there is none, any
  uint64_t dppSourced = 0;           // lanes that have a source
  uint64_t dppWritten = 0;           // lanes that row and bank masks let through
  uint64_t present = 0;              // modifiers in the text
  Operand dst[2];
  Operand src[5];
  int32_t offset = 0;                                    // immediate offset, or SMEM's
  int32_t offset1 = 0;                                   // of two-address LDS
  const Inst *target = nullptr;                          // of a branch
  uint32_t address = 0;                                  // bytes from the start of the module's code
  uint32_t index = 0;                                    // in the kernel's list
  uint16_t opSel = 0, opSelHi = 0, negLo = 0, negHi = 0; // bit n: operand n (op_sel's last bit: the destination)
  uint16_t vmcnt = 63, lgkmcnt = 15;
  uint8_t encodedBytes = 0;
  bool slow = false; // a DPP, SDWA or output modifier is to be applied
  uint8_t omod = 0;  // 1: times 2, 2: times 4, 3: half
  Dpp dpp = Dpp::none;
  uint8_t rowMask = 15, bankMask = 15;
  Sel dstSel = Sel::dword, srcSel[2] = {Sel::dword, Sel::dword};
  Unused dstUnused = Unused::pad;
  uint8_t cbsz = 0, abid = 0, blgp = 0, bitop3 = 0;

  bool has(Modifier m) const { return present & bit(m); }
};

} // namespace pa::emu

#endif
