// Every form of the sweep: what the decoded record holds, printed back in LLVM's syntax, is LLVM's text; and nothing
// that binds leaves a wave as it was, but for the instructions that are listed here.
#include "runtime/emulator/decode/Binding.h"
#include "Bench.h"
#include "runtime/emulator/decode/Sweep.h"
#include "runtime/emulator/decode/Tables.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

namespace pa::emu::test {
namespace {

constexpr unsigned accumOffset = 256;

const std::vector<SweptForm> &sweptForms(const std::string &chip) {
  static const std::vector<SweptForm> gfx942 = sweep("gfx942", 60), gfx950 = sweep("gfx950", 60);
  return chip == "gfx942" ? gfx942 : gfx950;
}

// --- Operands --------------------------------------------------------------------------------------------------------

std::string registerName(const std::string &letter, unsigned first, unsigned count) {
  if (count == 1)
    return letter + std::to_string(first);
  return letter + "[" + std::to_string(first) + ":" + std::to_string(first + count - 1) + "]";
}

std::string scalarName(unsigned reg, unsigned count) {
  struct Named {
    unsigned reg, count;
    const char *name;
  };
  const Named all[] = {{102, 2, "flat_scratch"},
                       {102, 1, "flat_scratch_lo"},
                       {103, 1, "flat_scratch_hi"},
                       {104, 2, "xnack_mask"},
                       {104, 1, "xnack_mask_lo"},
                       {105, 1, "xnack_mask_hi"},
                       {106, 2, "vcc"},
                       {106, 1, "vcc_lo"},
                       {107, 1, "vcc_hi"},
                       {124, 1, "m0"},
                       {126, 2, "exec"},
                       {126, 1, "exec_lo"},
                       {127, 1, "exec_hi"},
                       {251, 1, "src_vccz"},
                       {252, 1, "src_execz"},
                       {253, 1, "src_scc"}};
  for (const Named &n : all)
    if (n.reg == reg && n.count == count)
      return n.name;
  return reg >= 108 && reg < 124 ? registerName("ttmp", reg - 108, count) : registerName("s", reg, count);
}

bool is16Bit(Type t) { return t == Type::b16 || t == Type::f16 || t == Type::pk16 || t == Type::pkf16; }
bool is64Bit(Type t) { return t == Type::b64 || t == Type::f64 || t == Type::mask; }

// The value of an inline float whose bits these are.
bool inlineFloat(uint64_t value, Type type, double &out) {
  for (double x : {0.5, 1.0, 2.0, 4.0, 0.15915494309189532})
    for (double sign : {1.0, -1.0}) {
      double signedX = sign * x;
      uint64_t b64 = bits(signedX);
      uint32_t b32 = bits(float(signedX));
      int e = int(b32 >> 23 & 255) - 127 + 15;
      uint32_t b16 = (b32 >> 16 & 0x8000) | uint32_t(e) << 10 | (b32 >> 13 & 0x3ff);
      if (x < 0.2) { // 1 / (2 pi), which the hardware has in each width
        b64 = 0x3fc45f306dc9c882 | (sign < 0 ? 1ull << 63 : 0);
        b32 = 0x3e22f983 | (sign < 0 ? 1u << 31 : 0);
        b16 = 0x3118 | (sign < 0 ? 0x8000 : 0);
      }
      if (value == (is64Bit(type) ? b64 : is16Bit(type) ? b16 : b32)) {
        out = signedX;
        return true;
      }
    }
  return false;
}

// As a number where LLVM prints one: an inline float of an integer operand is printed by its bits in some forms.
std::string constantName(const Operand &o, bool asNumber) {
  double x = 0;
  if (!asNumber && o.type != Type::imm && inlineFloat(o.value, o.type, x)) {
    if (std::fabs(x) < 0.2)
      return std::string(x < 0 ? "-" : "") +
             (o.type == Type::f64 || is64Bit(o.type) ? "0.15915494309189532" : "0.15915494");
    char text[16];
    snprintf(text, sizeof text, "%.1f", x);
    return text;
  }
  int64_t integer = is64Bit(o.type) ? int64_t(o.value) : int64_t(int32_t(uint32_t(o.value)));
  if (o.type == Type::f64 && o.value >> 32 && !(integer >= -16 && integer <= 64))
    return std::to_string(o.value >> 32); // a literal is the upper half
  return std::to_string(integer);
}

std::string operandName(const Operand &o, bool asNumber) {
  if (o.place == Place::off)
    return "off";
  std::string name;
  if (o.place == Place::constant)
    name = constantName(o, asNumber);
  else if (o.place == Place::sgpr)
    name = scalarName(o.reg, o.dwords);
  else
    name = o.reg >= accumOffset ? registerName("a", o.reg - accumOffset, o.dwords) : registerName("v", o.reg, o.dwords);
  if (o.mods & mod::abs)
    name = "|" + name + "|";
  if (o.mods & mod::neg)
    name = o.place == Place::constant && !(o.mods & mod::abs) ? "neg(" + name + ")" : "-" + name;
  return o.mods & mod::sext ? "sext(" + name + ")" : name;
}

// --- Modifiers -------------------------------------------------------------------------------------------------------

// The number behind a DPP control, from the lanes that it takes.
std::string dppName(const Inst &i) {
  auto count = [&] { return std::to_string(__builtin_popcountll(~i.dppSourced & 0xffff)); };
  switch (i.dpp) {
  case Dpp::none:
    return "";
  case Dpp::quadPerm: {
    std::string text = "quad_perm:[";
    for (unsigned l = 0; l < 4; ++l)
      text += std::to_string(i.dppLanes[l]) + (l < 3 ? "," : "]");
    return text;
  }
  case Dpp::rowShl:
    return "row_shl:" + count();
  case Dpp::rowShr:
    return "row_shr:" + count();
  case Dpp::rowRor:
    return "row_ror:" + std::to_string((16 - i.dppLanes[0]) & 15);
  case Dpp::waveShl:
    return i.dppLanes[5] == 6 && !(i.dppSourced >> 63) ? "wave_shl:1" : "?";
  case Dpp::waveRol:
    return i.dppLanes[63] == 0 ? "wave_rol:1" : "?";
  case Dpp::waveShr:
    return i.dppLanes[5] == 4 && !(i.dppSourced & 1) ? "wave_shr:1" : "?";
  case Dpp::waveRor:
    return i.dppLanes[0] == 63 ? "wave_ror:1" : "?";
  case Dpp::rowMirror:
    return i.dppLanes[16] == 31 ? "row_mirror" : "?";
  case Dpp::rowHalfMirror:
    return i.dppLanes[16] == 23 ? "row_half_mirror" : "?";
  case Dpp::rowBcast15:
    return i.dppLanes[16] == 15 && i.dppLanes[48] == 47 ? "row_bcast:15" : "?";
  case Dpp::rowBcast31:
    return i.dppLanes[48] == 31 ? "row_bcast:31" : "?";
  case Dpp::rowNewbcast:
    return "row_newbcast:" + std::to_string(i.dppLanes[16] - 16);
  }
  return "?";
}

// "name:number" of each modifier that the record has, sorted.
std::vector<std::string> modifiersOf(const Inst &i) {
  const char *const sels[] = {"BYTE_0", "BYTE_1", "BYTE_2", "BYTE_3", "WORD_0", "WORD_1", "DWORD"};
  const char *const unused[] = {"UNUSED_PAD", "UNUSED_SEXT", "UNUSED_PRESERVE"};
  std::vector<std::string> out;
  auto flag = [&](Modifier m, const char *name) {
    if (i.has(m))
      out.push_back(name);
  };
  auto number = [&](Modifier m, const char *name, int64_t x) {
    if (i.has(m))
      out.push_back(std::string(name) + ":" + std::to_string(x));
  };
  auto word = [&](Modifier m, const char *name, const char *x) {
    if (i.has(m))
      out.push_back(std::string(name) + ":" + x);
  };
  number(Modifier::offset, "offset", i.offset);
  number(Modifier::offset0, "offset0", i.offset);
  number(Modifier::offset1, "offset1", i.offset1);
  flag(Modifier::offen, "offen");
  flag(Modifier::idxen, "idxen");
  flag(Modifier::sc0, "sc0");
  flag(Modifier::sc1, "sc1");
  flag(Modifier::nt, "nt");
  flag(Modifier::lds, "lds");
  flag(Modifier::glc, "glc");
  flag(Modifier::clamp, "clamp");
  word(Modifier::omod, i.omod == 3 ? "div" : "mul", i.omod == 2 ? "4" : "2");
  number(Modifier::opSel, "op_sel", i.opSel);
  number(Modifier::opSelHi, "op_sel_hi", i.opSelHi);
  number(Modifier::negLo, "neg_lo", i.negLo);
  number(Modifier::negHi, "neg_hi", i.negHi);
  number(Modifier::neg, "neg", i.negLo);
  number(Modifier::cbsz, "cbsz", i.cbsz);
  number(Modifier::abid, "abid", i.abid);
  number(Modifier::blgp, "blgp", i.blgp);
  number(Modifier::bitop3, "bitop3", i.bitop3);
  number(Modifier::rowMask, "row_mask", i.rowMask);
  number(Modifier::bankMask, "bank_mask", i.bankMask);
  number(Modifier::boundCtrl, "bound_ctrl", 1);
  number(Modifier::fi, "fi", 1);
  word(Modifier::dstSel, "dst_sel", sels[unsigned(i.dstSel)]);
  word(Modifier::dstUnused, "dst_unused", unused[unsigned(i.dstUnused)]);
  word(Modifier::src0Sel, "src0_sel", sels[unsigned(i.srcSel[0])]);
  word(Modifier::src1Sel, "src1_sel", sels[unsigned(i.srcSel[1])]);
  number(Modifier::vmcnt, "vmcnt", i.vmcnt);
  number(Modifier::lgkmcnt, "lgkmcnt", i.lgkmcnt);
  if (i.has(Modifier::dpp))
    out.push_back(dppName(i));
  std::sort(out.begin(), out.end());
  return out;
}

// --- LLVM's text -----------------------------------------------------------------------------------------------------

std::vector<std::string> tokensOf(const std::string &line) {
  std::vector<std::string> out;
  std::string token;
  int depth = 0;
  for (char c : line + " ") {
    depth += c == '[' || c == '(' ? 1 : c == ']' || c == ')' ? -1 : 0;
    if (depth == 0 && (c == ' ' || c == ',')) {
      if (!token.empty())
        out.push_back(token);
      token.clear();
    } else {
      token += c;
    }
  }
  return out;
}

bool isModifier(const std::string &t) {
  for (const char *flag :
       {"offen", "idxen", "sc0", "sc1", "nt", "lds", "glc", "clamp", "row_mirror", "row_half_mirror"})
    if (t == flag)
      return true;
  size_t colon = t.find(':'), bracket = t.find('['), paren = t.find('(');
  bool counter = t.rfind("vmcnt(", 0) == 0 || t.rfind("expcnt(", 0) == 0 || t.rfind("lgkmcnt(", 0) == 0;
  return counter || (colon != t.npos && colon < bracket && colon < paren);
}

// A number however it is written, as decimal; else the text itself.
std::string plain(const std::string &t) {
  char *end = nullptr;
  bool negative = !t.empty() && t[0] == '-';
  uint64_t x = std::strtoull(t.c_str() + negative, &end, 0);
  if (t.size() <= size_t(negative) || !std::isdigit(t[negative]) || *end)
    return t;
  return std::to_string(negative ? -int64_t(x) : int64_t(x));
}

std::string plainModifier(std::string t) {
  if (size_t paren = t.find('('); paren != t.npos) // vmcnt(3)
    t = t.substr(0, paren) + ":" + t.substr(paren + 1, t.size() - paren - 2);
  size_t colon = t.find(':');
  if (colon == t.npos)
    return t;
  std::string name = t.substr(0, colon), value = t.substr(colon + 1);
  if (value[0] != '[' || name == "quad_perm")
    return name + ":" + plain(value);
  unsigned list = 0, n = 0;
  for (char c : value)
    if (std::isdigit(c))
      list |= unsigned(c - '0') << n++;
  return name + ":" + std::to_string(list);
}

// An operand's text with its number, if it is one, as the record has it.
std::string plainOperand(const std::string &t, const Operand &o) {
  if (t == "sendmsg(MSG_INTERRUPT)")
    return "1";
  if (t.rfind("hwreg(", 0) == 0 || t.rfind("gpr_idx(", 0) == 0) {
    const std::map<std::string, unsigned> ids = {
        {"HW_REG_MODE", 1}, {"HW_REG_HW_ID", 4}, {"HW_REG_SH_MEM_BASES", 15}, {"HW_REG_XCC_ID", 20}};
    std::vector<std::string> parts = tokensOf(t.substr(t.find('(') + 1, t.size() - t.find('(') - 2));
    unsigned value = 0;
    if (t[0] == 'g') {
      for (const std::string &p : parts)
        value |= 1u << (p == "DST" ? 3 : p[3] - '0');
    } else {
      unsigned offset = parts.size() > 1 ? unsigned(std::stoul(parts[1])) : 0;
      unsigned width = parts.size() > 2 ? unsigned(std::stoul(parts[2])) : 32;
      value = ids.at(parts[0]) | offset << 6 | (width - 1) << 11;
    }
    return std::to_string(value);
  }
  for (const char *wrap : {"neg(", "sext(", "-|", "|", "-"})
    if (t.rfind(wrap, 0) == 0 && !std::isdigit(t[1])) {
      std::string open = wrap, close = open.back() == '(' ? ")" : open.back() == '|' ? "|" : "";
      std::string inner = t.substr(open.size(), t.size() - open.size() - close.size());
      return open + plainOperand(inner, o) + close;
    }
  std::string number = plain(t);
  if (number == t && !std::isdigit(t[t[0] == '-']))
    return t;
  if (t.find('.') != t.npos)
    return t;
  // Of 32 bits, the same number with or without a sign.
  return o.type == Type::imm || is64Bit(o.type) ? number : std::to_string(int32_t(std::stoll(number)));
}

// Aperture constants are numbers to 32-bit operands.
bool hasNamedConstant(const std::string &line) {
  return line.find("_base") != line.npos || line.find("_limit") != line.npos;
}

std::string joined(const std::vector<std::string> &list) {
  std::string out;
  for (const std::string &s : list)
    out += s + " ";
  return out;
}

struct Decoded {
  Inst inst;
  std::deque<std::array<uint8_t, 64>> tables;
  bool bound = false;
};
void decode(const std::string &chip, const std::string &text, Decoded &d) {
  ParsedText parsed;
  BindContext context{chip, accumOffset, &d.tables};
  d.bound = parseText(text, parsed).empty() && bind(parsed, context, d.inst).empty();
}

TEST(Binding, recordsPrintedBackAreLlvmsText) {
  for (const std::string &chip : bothChips) {
    unsigned compared = 0;
    for (const SweptForm &form : sweptForms(chip))
      for (const SweptSample &s : form.samples) {
        Decoded d;
        decode(chip, s.text, d);
        if (!d.bound || hasNamedConstant(s.text) || form.mnemonic == "ds_swizzle_b32")
          continue;
        std::vector<std::string> tokens = tokensOf(s.text), printed, expected, modifiers;
        unsigned dst = 0, src = 0;
        for (unsigned n = 0; n < d.inst.row->operandCount; ++n) {
          const Operand &o = d.inst.row->operands[n].role == Role::dst ? d.inst.dst[dst++] : d.inst.src[src++];
          ASSERT_LT(n + 1, tokens.size()) << s.text;
          expected.push_back(plainOperand(tokens[n + 1], o));
          printed.push_back(operandName(o, tokens[n + 1].find('.') == std::string::npos));
        }
        for (size_t n = 1 + printed.size(); n < tokens.size(); ++n) {
          ASSERT_TRUE(isModifier(tokens[n])) << s.text << ": " << tokens[n];
          if (tokens[n].rfind("expcnt", 0) != 0) // nothing here exports
            modifiers.push_back(plainModifier(tokens[n]));
        }
        std::sort(modifiers.begin(), modifiers.end());
        ASSERT_EQ(joined(printed), joined(expected)) << chip << ": " << s.text;
        ASSERT_EQ(joined(modifiersOf(d.inst)), joined(modifiers)) << chip << ": " << s.text;
        ++compared;
      }
    EXPECT_GT(compared, 60000u);
  }
}

// --- Strictness ------------------------------------------------------------------------------------------------------

// What has no effect on a wave by its nature: waits, hints, caches, profiling, exceptions, debuggers' branches.
const std::set<std::string> withoutEffect = {"s_nop",
                                             "s_waitcnt",
                                             "s_setprio",
                                             "s_ttracedata",
                                             "s_icache_inv",
                                             "s_dcache_inv",
                                             "s_dcache_wb",
                                             "s_dcache_wb_vol",
                                             "s_dcache_inv_vol",
                                             "s_incperflevel",
                                             "s_decperflevel",
                                             "s_wakeup",
                                             "s_sendmsg",
                                             "s_atc_probe",
                                             "s_atc_probe_buffer",
                                             "s_cbranch_cdbgsys",
                                             "s_cbranch_cdbguser",
                                             "s_cbranch_cdbgsys_or_user",
                                             "s_cbranch_cdbgsys_and_user",
                                             "v_nop",
                                             "v_clrexcp",
                                             "ds_nop",
                                             "buffer_inv",
                                             "buffer_wbl2"};

// Random registers; addresses are outside of all memory, so an access ends in a finding.
void randomise(Bench &bench, std::mt19937_64 &random) {
  for (unsigned r = 0; r < 512; ++r)
    for (unsigned l = 0; l < lanes; ++l)
      bench.v[r][l] = uint32_t(random());
  for (unsigned r = 0; r < 128; ++r)
    bench.s[r] = uint32_t(random());
  bench.s[sreg::m0] = 4;
  bench.s[sreg::scc] = uint32_t(random() & 1);
  bench.setExec(~0ull);
}

bool changes(Bench &bench, const SweptSample &sample, std::mt19937_64 &random) {
  randomise(bench, random);
  bench.wave.gprIndexing = random() % 2;
  if (random() % 4 == 0) { // branches on zero
    bench.setExec(0);
    bench.setS64(sreg::vcc, 0);
  }
  std::vector<uint32_t> vectors(&bench.v[0][0], &bench.v[0][0] + 512 * lanes);
  std::vector<uint32_t> scalars(bench.s, bench.s + sreg::count);
  std::vector<uint8_t> lds = bench.lds;
  uint32_t mode = bench.wave.mode;
  bool indexing = bench.wave.gprIndexing;
  std::string finding = bench.runEncoded(reinterpret_cast<const uint8_t *>(sample.words), sizeof sample.words);
  return !finding.empty() || bench.wave.status != WaveStatus::running || bench.jumped || bench.wave.mode != mode ||
         bench.wave.gprIndexing != indexing || !std::equal(vectors.begin(), vectors.end(), &bench.v[0][0]) ||
         !std::equal(scalars.begin(), scalars.end(), bench.s) || lds != bench.lds;
}

TEST(Binding, nothingInTheSweepIsSilentlyNothing) {
  std::mt19937_64 random(1);
  for (const std::string &chip : bothChips) {
    Bench bench(chip);
    for (const SweptForm &form : sweptForms(chip)) {
      bool bound = false, effect = false;
      for (const SweptSample &s : form.samples) {
        Decoded d;
        decode(chip, s.text, d);
        if (!d.bound || !registersInRange(d.inst, 512))
          continue;
        ASSERT_NE(d.inst.run, nullptr);
        bound = true;
        for (unsigned attempt = 0; attempt < 8 && !effect; ++attempt)
          effect = changes(bench, s, random);
        if (effect)
          break;
      }
      if (bound)
        EXPECT_EQ(effect, !withoutEffect.count(form.mnemonic)) << chip << " " << form.encoding << " " << form.mnemonic;
    }
  }
}

// A row that the chip has no instruction for would never be used, and its name may be a typing error.
TEST(Binding, everyRowIsAnInstructionOfTheChip) {
  for (const std::string &chip : bothChips) {
    std::set<std::string> swept;
    for (const SweptForm &form : sweptForms(chip))
      swept.insert(form.mnemonic);
    for (const std::string &name : mnemonicsOf(chip))
      EXPECT_TRUE(swept.count(name)) << chip << " " << name;
  }
}

} // namespace
} // namespace pa::emu::test
