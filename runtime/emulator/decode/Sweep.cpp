#include "runtime/emulator/decode/Sweep.h"

#include "runtime/emulator/decode/Disassembler.h"
#include "runtime/emulator/decode/Guard.h"
#include "runtime/emulator/decode/ParsedText.h"

#include <cctype>
#include <cstdlib>
#include <cstring>
#include <map>
#include <random>

namespace pa::emu {
namespace {

using Random = std::mt19937_64;

uint32_t low(Random &random, unsigned bits) { return uint32_t(random()) & ((1u << bits) - 1); }

// A 9-bit source: mostly registers, else an inline constant or any code. Even registers are the valid halves of pairs.
uint32_t source(Random &random) {
  uint32_t kind = low(random, 3);
  if (kind < 4)
    return 256 + (low(random, 8) & ~1u);
  if (kind == 4)
    return 256 + low(random, 8);
  if (kind == 5)
    return low(random, 7) % 100 & ~3u;
  if (kind == 6)
    return 128 + low(random, 6);
  return low(random, 9);
}
uint32_t vector(Random &random) { return low(random, 8) & (low(random, 1) ? ~1u : ~0u); }
uint32_t scalar(Random &random) { return low(random, 7) % 104 & (low(random, 2) ? ~3u : ~0u); }

// A field that many of an encoding's instructions have not, and that must be zero there.
uint32_t perhaps(Random &random, uint32_t field) { return low(random, 1) ? field : 0; }

// One encoding: its fixed bits, where its opcode is, and how its other fields are filled.
struct Encoding {
  const char *name;
  uint32_t fixed;
  unsigned opcodeShift, opcodeBits;
  void (*fill)(Random &, uint32_t *words);
  bool oneWord = false; // but for a literal
};

void fillSop(Random &random, uint32_t *w) {
  auto operand = [&] { return low(random, 2) ? scalar(random) : low(random, 8); };
  w[0] |= operand() | operand() << 8;
}
void fillSop1(Random &random, uint32_t *w) {
  w[0] |= (low(random, 2) ? scalar(random) : low(random, 8)) | scalar(random) << 16;
}
void fillSop2(Random &random, uint32_t *w) {
  fillSop(random, w);
  w[0] |= scalar(random) << 16;
}
void fillSopk(Random &random, uint32_t *w) { w[0] |= low(random, 16) | scalar(random) << 16; }
void fillSopp(Random &random, uint32_t *w) { w[0] |= low(random, 1) ? 0 : low(random, 16); }
void fillSmem(Random &random, uint32_t *w) {
  w[0] |= low(random, 5) | (scalar(random) & 0x7c) << 6 | low(random, 3) << 14 | low(random, 1) << 17;
  w[1] = low(random, 1) ? low(random, 20) : low(random, 21) | scalar(random) << 25;
}
void fillVop1(Random &random, uint32_t *w) { w[0] |= source(random) | vector(random) << 17; }
void fillVop2(Random &random, uint32_t *w) { w[0] |= source(random) | vector(random) << 9 | vector(random) << 17; }
void fillVopc(Random &random, uint32_t *w) { w[0] |= source(random) | vector(random) << 9; }

constexpr uint32_t sdwaSource = 249, dppSource = 250;
// Selectors and destination rule that exist; modifiers half of the time.
uint32_t sdwaWord(Random &random, bool comparison) {
  uint32_t x = vector(random) | low(random, 3) % 7 << 16 | low(random, 3) % 7 << 24;
  x |= comparison ? low(random, 1) * (0x80 | scalar(random)) << 8 : low(random, 3) % 7 << 8 | low(random, 2) % 3 << 11;
  if (low(random, 1))
    x |= low(random, 3) << 19 | low(random, 1) << 22 | low(random, 3) << 27 | low(random, 1) << 30;
  if (low(random, 1) && !comparison)
    x |= low(random, 3) << 13;
  return x | (low(random, 3) ? 0 : low(random, 1) << 23 | low(random, 1) << 31);
}
constexpr uint32_t dppControls[] = {0,     0xe4,  0x1b,  0x101, 0x10f, 0x111, 0x118, 0x121, 0x12f, 0x130,
                                    0x134, 0x138, 0x13c, 0x140, 0x141, 0x142, 0x143, 0x150, 0x15f, 0xff};
uint32_t dppWord(Random &random) {
  uint32_t control = low(random, 2) ? dppControls[random() % (sizeof dppControls / 4)] : low(random, 9);
  return vector(random) | control << 8 | low(random, 1) << 19 | (low(random, 1) ? low(random, 4) << 20 : 0) |
         (low(random, 1) ? 0xffu : low(random, 8)) << 24;
}
void fillVop1Sdwa(Random &random, uint32_t *w) {
  w[0] |= sdwaSource | vector(random) << 17;
  w[1] = sdwaWord(random, false) & 0x00ffffffu;
}
void fillVop2Sdwa(Random &random, uint32_t *w) {
  w[0] |= sdwaSource | vector(random) << 9 | vector(random) << 17;
  w[1] = sdwaWord(random, false);
}
void fillVopcSdwa(Random &random, uint32_t *w) {
  w[0] |= sdwaSource | vector(random) << 9;
  w[1] = sdwaWord(random, true);
}
void fillVop1Dpp(Random &random, uint32_t *w) {
  w[0] |= dppSource | vector(random) << 17;
  w[1] = dppWord(random);
}
void fillVop2Dpp(Random &random, uint32_t *w) {
  w[0] |= dppSource | vector(random) << 9 | vector(random) << 17;
  w[1] = dppWord(random);
}

void fillVop3(Random &random, uint32_t *w) {
  w[0] |= low(random, 2) ? vector(random) : scalar(random);
  bool product = (w[0] >> 22 & 0xf) == 0xf;
  if (product) {
    w[0] |= low(random, 1) << 15 | perhaps(random, low(random, 3) | low(random, 2) << 3) << 8;
  } else if (low(random, 1))
    w[0] |= low(random, 1) ? low(random, 8) << 8 : scalar(random) << 8;
  // One scalar or constant source at most is what code has, and all that some forms decode with; others have no other.
  uint32_t sources[3];
  bool scalars = low(random, 2) == 0;
  for (uint32_t &s : sources)
    s = scalars ? scalar(random) : 256 + vector(random);
  if (low(random, 1))
    sources[low(random, 2) % 3] = source(random);
  unsigned count = low(random, 3) % 3;
  w[1] = sources[0] | (count < 2 ? sources[1] << 9 : 0) | (count < 1 ? sources[2] << 18 : 0);
  w[1] |= perhaps(random, low(random, 5) << 27);
  if (product)
    w[1] &= perhaps(random, 7u << 29) | 0x07ffffffu;
  else if (low(random, 2) == 0) { // op_sel_hi as packed instructions have it by default
    w[0] = (w[0] & ~0x7f00u) | 0x4000u;
    w[1] = (w[1] & 0x07ffffffu) | 3u << 27;
  }
}
// Two halves: the scales, then the product itself.
void fillScaled(Random &random, uint32_t *w) {
  constexpr uint32_t scaled = 0x800; // in the second half
  w[0] |= low(random, 2) << 11;
  w[1] = (256 + vector(random)) | (256 + vector(random)) << 9;
  w[1] |= perhaps(random, low(random, 2) << 27);
  uint32_t product = 0xd3ad0000u + (low(random, 1) << 16);
  w[2] = product | scaled | (vector(random) & ~15u) | low(random, 3) % 5 << 8;
  w[3] = (256 + (vector(random) & ~7u)) | (256 + (vector(random) & ~7u)) << 9 | (256 + (vector(random) & ~15u)) << 18 |
         low(random, 3) % 5 << 29;
}
void fillDs(Random &random, uint32_t *w) {
  w[0] |= low(random, 1) ? low(random, 16) : 0;
  uint32_t global = low(random, 3) ? 0 : 1;
  w[0] |= global << 16 | low(random, 1) << 25;
  // Address, data, data, destination. The semaphores, all global, have one of them or none.
  unsigned fields = global && low(random, 1) ? low(random, 1) : 4;
  for (unsigned field = 0; field < fields; ++field)
    w[1] |= perhaps(random, vector(random)) << (8 * field);
}
void fillAddressed(Random &random, uint32_t *w, uint32_t offset, uint32_t base) {
  w[0] |= perhaps(random, offset) | low(random, 2) << 16 | low(random, 1) << 25 | (low(random, 2) ? 0 : 1u) << 13;
  w[1] = perhaps(random, vector(random)) | perhaps(random, vector(random)) << 8 | base << 16 | low(random, 1) << 23 |
         perhaps(random, vector(random)) << 24;
}
void fillFlat(Random &random, uint32_t *w) { fillAddressed(random, w, low(random, 12), 0); }
void fillGlobal(Random &random, uint32_t *w) {
  fillAddressed(random, w, low(random, 13), low(random, 1) ? 0x7f : scalar(random) & ~1u);
}
void fillBuffer(Random &random, uint32_t *w) {
  w[0] |= low(random, 12) | low(random, 3) << 12 | low(random, 1) << 15 | low(random, 1) << 17;
  w[0] |= (low(random, 2) ? 0 : 1u) << 16 | low(random, 1) << 25;
  uint32_t offset = low(random, 1) ? 128 + low(random, 6) : scalar(random);
  w[1] = perhaps(random, vector(random)) | perhaps(random, vector(random)) << 8 | low(random, 5) % 26 << 16 |
         low(random, 1) << 23 | offset << 24;
}
void fillTyped(Random &random, uint32_t *w) {
  w[0] |= low(random, 12) | low(random, 2) << 12 | low(random, 1) << 14 | low(random, 7) << 19;
  uint32_t offset = low(random, 1) ? 128 + low(random, 6) : scalar(random);
  w[1] = vector(random) | vector(random) << 8 | low(random, 5) % 26 << 16 | low(random, 2) << 22 | offset << 24;
}
void fillAny(Random &random, uint32_t *w) {
  w[0] |= low(random, 18);
  w[1] = uint32_t(random());
}

constexpr Encoding encodings[] = {
    {"SOP2", 0x80000000, 23, 7, fillSop2, true},
    {"SOPK", 0xb0000000, 23, 5, fillSopk, true},
    {"SOP1", 0xbe800000, 8, 8, fillSop1, true},
    {"SOPC", 0xbf000000, 16, 7, fillSop, true},
    {"SOPP", 0xbf800000, 16, 7, fillSopp, true},
    {"SMEM", 0xc0000000, 18, 8, fillSmem},
    {"VOP1", 0x7e000000, 9, 8, fillVop1, true},
    {"VOP1 SDWA", 0x7e000000, 9, 8, fillVop1Sdwa},
    {"VOP1 DPP", 0x7e000000, 9, 8, fillVop1Dpp},
    {"VOP2", 0x00000000, 25, 6, fillVop2, true},
    {"VOP2 SDWA", 0x00000000, 25, 6, fillVop2Sdwa},
    {"VOP2 DPP", 0x00000000, 25, 6, fillVop2Dpp},
    {"VOPC", 0x7c000000, 17, 8, fillVopc, true},
    {"VOPC SDWA", 0x7c000000, 17, 8, fillVopcSdwa},
    {"VOPC DPP", 0x7c000000, 17, 8, fillVop2Dpp},
    {"VOP3", 0xd0000000, 16, 10, fillVop3},
    {"VOP3 scaled", 0xd3ac0000, 16, 0, fillScaled},
    {"DS", 0xd8000000, 17, 8, fillDs},
    {"FLAT", 0xdc000000, 18, 7, fillFlat},
    {"SCRATCH", 0xdc004000, 18, 7, fillGlobal},
    {"GLOBAL", 0xdc008000, 18, 7, fillGlobal},
    {"MUBUF", 0xe0000000, 18, 7, fillBuffer},
    {"MTBUF", 0xe8000000, 15, 4, fillTyped},
    {"MIMG", 0xf0000000, 18, 7, fillAny},
    {"EXP", 0xc4000000, 18, 8, fillAny},
};

// The last opcodes of three encodings announce others: SOPK, then SOP1, SOPC and SOPP, and VOPC and VOP1.
bool belongsToAnother(const Encoding &e, uint32_t opcode) {
  return (e.fixed == 0x80000000 && opcode >= 96) || (e.fixed == 0xb0000000 && opcode >= 29) ||
         (e.fixed == 0 && opcode >= 62);
}

bool contains(const std::string &text, const char *what) { return text.find(what) != text.npos; }
bool startsWith(const std::string &text, const char *what) { return text.rfind(what, 0) == 0; }

// Register tuples that end past the last register.
bool endsPastRegisters(const std::string &text) {
  for (size_t at = text.find(':'); at != text.npos; at = text.find(':', at + 1))
    if (at > 0 && std::isdigit(text[at - 1]) && std::strtoul(text.c_str() + at + 1, nullptr, 10) > 255)
      return true;
  return false;
}

// cbsz and abid broadcast blocks of A, so there must be several; blgp is for the products that gfx90a had
// (AMD's matrix instruction calculator).
bool hasReservedBroadcast(const std::string &text) {
  std::string name = text.substr(0, text.find(' '));
  if (!startsWith(name, "v_mfma_") || contains(name, "f8f6f4"))
    return false;
  unsigned blocks = contains(name, "_2b_") ? 2 : contains(name, "_4b_") ? 4 : contains(name, "_16b_") ? 16 : 1;
  auto value = [&](const char *modifier) {
    size_t at = text.find(modifier);
    return at == text.npos ? 0u : unsigned(std::strtoul(text.c_str() + at + std::strlen(modifier), nullptr, 10));
  };
  unsigned cbsz = value("cbsz:"), abid = value("abid:");
  if (contains(name, "_f64"))
    return cbsz || abid;
  bool older = blocks > 1 || contains(name, "x4_f32") || contains(name, "x2_f32") || contains(name, "x16_f16") ||
               contains(name, "x8_f16") || contains(name, "x16_bf16") || contains(name, "x8_bf16");
  bool wide = contains(name, "32x32x16_f16") || contains(name, "32x32x16_bf16");
  return (1u << cbsz) > blocks || abid >= 1u << cbsz || ((!older || wide) && value("blgp:"));
}

// Fields that LLVM decodes and the manuals reserve: not a form of the chip.
bool isReserved(const std::string &text) {
  for (const char *none : {" null", "(null", "|null", "src_lds_direct", "src_pops_", "src_flat_scratch_base"})
    if (contains(text, none))
      return true;
  std::string name = withoutSuffix(text.substr(0, text.find(' ')));
  bool scalarResult = startsWith(name, "v_cmp") || startsWith(name, "v_read");
  if (scalarResult && text.find(" src_") == text.find(' ')) // a result in a register that can only be read
    return true;
  bool wide = contains(name, "64") || contains(name, "saveexec") || contains(name, "wrexec");
  if (wide && (contains(text, "src_scc") || contains(text, "src_vccz") || contains(text, "src_execz")))
    return true;
  bool integers =
      (startsWith(name, "v_pk_") && !contains(name, "_f")) || (startsWith(name, "v_dot") && !contains(name, "_f32_"));
  if (startsWith(name, "v_dot") && contains(text, "op_sel")) // refused by LLVM's assembler too
    return true;
  if (integers && contains(text, "neg_")) // of packed integers
    return true;
  if (startsWith(name, "v_mfma_") && contains(text, "src_"))
    return true;
  return endsPastRegisters(text) || hasReservedBroadcast(text);
}

using Forms = std::map<std::pair<std::string, std::string>, SweptForm>;

void sweepOpcode(const Disassembler &disassembler, const Encoding &e, uint32_t opcode, unsigned samples, Forms &forms) {
  char form = std::strlen(e.name) < 4 ? 0 : e.name[4]; // a blank, where one opcode has several
  Random random(uint64_t(e.fixed) << 16 | uint64_t(form) << 12 | opcode);
  // Some forms are rare among an opcode's random fields (a bit chooses the mnemonic), so more are tried than are kept.
  unsigned tries = 24 + 8 * samples;
  for (unsigned n = 0; n < tries; ++n) {
    SweptSample s = {{e.fixed | opcode << e.opcodeShift, 0, 0, 0}, 0, ""};
    e.fill(random, s.words);
    if (e.oneWord)
      s.words[1] = uint32_t(random()); // a literal, where the form has one
    s.text = disassembler.text(reinterpret_cast<const uint8_t *>(s.words), sizeof s.words, 0, s.bytes);
    if (s.text.empty() || contains(s.text, "/*") || isReserved(s.text))
      continue;
    std::string printed = s.text.substr(0, s.text.find(' '));
    SweptForm &form = forms[{withoutSuffix(printed), e.name}];
    if (form.samples.size() < samples)
      form.samples.push_back(std::move(s));
  }
}

} // namespace

std::vector<SweptForm> sweep(const std::string &chip, unsigned samples) {
  const Disassembler &disassembler = disassemblerOf(chip);
  Forms forms;
  for (const Encoding &e : encodings)
    for (uint32_t opcode = 0; opcode < 1u << e.opcodeBits; ++opcode)
      if (!belongsToAnother(e, opcode))
        sweepOpcode(disassembler, e, opcode, samples, forms);
  std::vector<SweptForm> out;
  for (auto &entry : forms) {
    entry.second.mnemonic = entry.first.first;
    entry.second.encoding = entry.first.second;
    out.push_back(std::move(entry.second));
  }
  return out;
}

bool isSparse(const std::string &mnemonic) { return mnemonic.rfind("v_smfmac_", 0) == 0; }

} // namespace pa::emu
