#include "runtime/emulator/decode/ParsedText.h"

#include "runtime/emulator/core/State.h"

#include <cstdlib>

namespace pa::emu {
namespace {

bool startsWith(std::string_view s, std::string_view prefix) { return s.substr(0, prefix.size()) == prefix; }
bool endsWith(std::string_view s, std::string_view suffix) {
  return s.size() >= suffix.size() && s.substr(s.size() - suffix.size()) == suffix;
}

// A whole decimal or hexadecimal number.
bool number(std::string_view s, int64_t &value, bool *hex = nullptr) {
  bool negative = !s.empty() && s[0] == '-';
  std::string_view digits = s.substr(negative ? 1 : 0);
  bool isHex = startsWith(digits, "0x");
  digits.remove_prefix(isHex ? 2 : 0);
  if (digits.empty() || digits.size() > 18)
    return false;
  uint64_t x = 0;
  for (char c : digits) {
    int d = c >= '0' && c <= '9' ? c - '0' : isHex && c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    if (d < 0)
      return false;
    x = x * (isHex ? 16 : 10) + unsigned(d);
  }
  value = negative ? -int64_t(x) : int64_t(x);
  if (hex)
    *hex = isHex;
  return true;
}

// Splits at blanks and commas that are outside brackets.
std::vector<std::string_view> tokens(std::string_view line) {
  std::vector<std::string_view> out;
  size_t begin = 0;
  int depth = 0;
  auto flush = [&](size_t end) {
    if (end > begin)
      out.push_back(line.substr(begin, end - begin));
    begin = end + 1;
  };
  for (size_t i = 0; i < line.size(); ++i) {
    char c = line[i];
    depth += c == '[' || c == '(' ? 1 : c == ']' || c == ')' ? -1 : 0;
    if (depth == 0 && (c == ' ' || c == ',' || c == '\t' || c == '\n'))
      flush(i);
  }
  flush(line.size());
  return out;
}

struct NamedRegister {
  const char *name;
  unsigned reg, count;
};
constexpr NamedRegister namedRegisters[] = {
    {"vcc", sreg::vcc, 2},         {"vcc_lo", sreg::vcc, 1},    {"vcc_hi", sreg::vcc + 1, 1},
    {"exec", sreg::exec, 2},       {"exec_lo", sreg::exec, 1},  {"exec_hi", sreg::exec + 1, 1},
    {"m0", sreg::m0, 1},           {"src_scc", sreg::scc, 1},   {"src_vccz", sreg::vccz, 1},
    {"src_execz", sreg::execz, 1}, {"scc", sreg::scc, 1},       {"flat_scratch", sreg::flatScratch, 2},
    {"flat_scratch_lo", 102, 1},   {"flat_scratch_hi", 103, 1}, {"xnack_mask", 104, 2},
    {"xnack_mask_lo", 104, 1},     {"xnack_mask_hi", 105, 1},
};

// v7, v[4:7], a.., s.., ttmp..
bool registerRange(std::string_view s, ParsedOperand &o) {
  using Form = ParsedOperand::Form;
  for (const NamedRegister &n : namedRegisters)
    if (s == n.name) {
      o.form = Form::sgpr;
      o.reg = n.reg;
      o.count = n.count;
      return true;
    }
  unsigned base = 0;
  if (startsWith(s, "ttmp")) {
    o.form = Form::sgpr;
    base = 108;
    s.remove_prefix(4);
  } else if (!s.empty() && (s[0] == 'v' || s[0] == 'a' || s[0] == 's')) {
    o.form = s[0] == 'v' ? Form::vgpr : s[0] == 'a' ? Form::agpr : Form::sgpr;
    s.remove_prefix(1);
  } else {
    return false;
  }
  int64_t first = 0, last = 0;
  if (!s.empty() && s[0] == '[') {
    size_t colon = s.find(':');
    if (s.back() != ']' || colon == s.npos || !number(s.substr(1, colon - 1), first) ||
        !number(s.substr(colon + 1, s.size() - colon - 2), last))
      return false;
  } else {
    if (!number(s, first))
      return false;
    last = first;
  }
  if (first < 0 || last < first || last > 255)
    return false;
  o.reg = base + unsigned(first);
  o.count = unsigned(last - first + 1);
  return true;
}

struct HardwareRegisterName {
  const char *name;
  unsigned id;
};
constexpr HardwareRegisterName hardwareRegisters[] = {
    {"HW_REG_MODE", 1}, {"HW_REG_HW_ID", 4}, {"HW_REG_SH_MEM_BASES", 15}, {"HW_REG_XCC_ID", 20}};

// hwreg(NAME [, offset, width]): id, offset << 6, (width - 1) << 11.
bool hardwareRegister(std::string_view s, ParsedOperand &o) {
  if (!startsWith(s, "hwreg(") || s.back() != ')')
    return false;
  std::vector<std::string_view> parts = tokens(s.substr(6, s.size() - 7));
  if (parts.size() != 1 && parts.size() != 3)
    return false;
  int64_t offset = 0, width = 32;
  if (parts.size() == 3 && (!number(parts[1], offset) || !number(parts[2], width) || width < 1 || width > 32))
    return false;
  for (const HardwareRegisterName &n : hardwareRegisters)
    if (parts[0] == n.name) {
      o.form = ParsedOperand::Form::integer;
      o.integer = int64_t(n.id) | offset << 6 | (width - 1) << 11;
      return true;
    }
  return false;
}

// Apertures of flat addresses: a 64-bit read gives the first or last address.
struct NamedConstant {
  const char *name;
  uint32_t upper, lower;
};
constexpr NamedConstant namedConstants[] = {{"src_shared_base", aperture::sharedUpper, 0},
                                            {"src_private_base", aperture::privateUpper, 0},
                                            {"src_shared_limit", aperture::sharedUpper, ~0u},
                                            {"src_private_limit", aperture::privateUpper, ~0u}};

bool namedConstant(std::string_view s, ParsedOperand &o) {
  for (const NamedConstant &n : namedConstants)
    if (s == n.name) {
      o.form = ParsedOperand::Form::integer;
      o.integer = int64_t(uint64_t(n.upper) << 32 | n.lower);
      return true;
    }
  return false;
}

// gpr_idx(SRC0,SRC1,SRC2,DST): a bit each.
bool gprIndex(std::string_view s, ParsedOperand &o) {
  constexpr std::string_view names[] = {"SRC0", "SRC1", "SRC2", "DST"};
  if (!startsWith(s, "gpr_idx(") || s.back() != ')')
    return false;
  o.form = ParsedOperand::Form::integer;
  o.integer = 0;
  for (std::string_view t : tokens(s.substr(8, s.size() - 9))) {
    unsigned n = 0;
    while (n < 4 && t != names[n])
      ++n;
    if (n == 4)
      return false;
    o.integer |= 1 << n;
  }
  return true;
}

// sendmsg(NAME [, operation, stream]) of the one message that kernels send.
bool message(std::string_view s, ParsedOperand &o) {
  o.form = ParsedOperand::Form::integer;
  o.integer = 1;
  return s == "sendmsg(MSG_INTERRUPT)";
}

bool unwrap(std::string_view &s, std::string_view open, std::string_view close) {
  if (s.size() <= open.size() + close.size() || !startsWith(s, open) || !endsWith(s, close))
    return false;
  s = s.substr(open.size(), s.size() - open.size() - close.size());
  return true;
}

bool operand(std::string_view s, ParsedOperand &o) {
  using Form = ParsedOperand::Form;
  if (s == "off") {
    o.form = Form::off;
    return true;
  }
  if (hardwareRegister(s, o) || gprIndex(s, o) || message(s, o))
    return true;
  bool hex = false;
  if (unwrap(s, "lit(", ")")) {
    o.form = Form::literal;
    return number(s, o.integer);
  }
  if (number(s, o.integer, &hex)) {
    o.form = hex ? Form::literal : Form::integer;
    return true;
  }
  if (unwrap(s, "sext(", ")"))
    o.mods |= mod::sext;
  if (unwrap(s, "neg(", ")")) {
    o.mods |= mod::neg;
    if (number(s, o.integer, &hex)) { // neg(-1): the sign inside is the constant's own
      o.form = hex ? Form::literal : Form::integer;
      return true;
    }
  }
  std::string text(s);
  char *end = nullptr;
  o.floating = std::strtod(text.c_str(), &end);
  if (!text.empty() && *end == 0 && s.find('.') != s.npos) {
    o.form = Form::floating;
    return true;
  }
  if (!s.empty() && s[0] == '-') {
    o.mods |= mod::neg;
    s.remove_prefix(1);
  }
  if (unwrap(s, "|", "|") || unwrap(s, "abs(", ")"))
    o.mods |= mod::abs;
  if (registerRange(s, o) || namedConstant(s, o))
    return true;
  // A constant under a modifier, as in |0x40490fdb|.
  if (number(s, o.integer, &hex)) {
    o.form = hex ? Form::literal : Form::integer;
    return true;
  }
  text = std::string(s);
  o.floating = std::strtod(text.c_str(), &end);
  o.form = Form::floating;
  return !text.empty() && *end == 0 && s.find('.') != s.npos;
}

// --- Modifiers -----------------------------------------------------------------------------------------------------

enum class Value { none, integer, bits, call };
struct ModifierName {
  const char *name;
  Modifier modifier;
  Value value;
  void (*set)(ParsedText &, int64_t);
};
void ignored(ParsedText &, int64_t) {}

constexpr ModifierName modifierNames[] = {
    {"offset", Modifier::offset, Value::integer, [](ParsedText &p, int64_t x) { p.modifiers.offset = int32_t(x); }},
    {"offset0", Modifier::offset0, Value::integer, [](ParsedText &p, int64_t x) { p.modifiers.offset = int32_t(x); }},
    {"offset1", Modifier::offset1, Value::integer, [](ParsedText &p, int64_t x) { p.modifiers.offset1 = int32_t(x); }},
    {"offen", Modifier::offen, Value::none, ignored},
    {"idxen", Modifier::idxen, Value::none, ignored},
    {"sc0", Modifier::sc0, Value::none, ignored},
    {"sc1", Modifier::sc1, Value::none, ignored},
    {"nt", Modifier::nt, Value::none, ignored},
    {"lds", Modifier::lds, Value::none, ignored},
    {"gds", Modifier::gds, Value::none, ignored},
    {"clamp", Modifier::clamp, Value::none, ignored},
    {"mul", Modifier::omod, Value::integer, [](ParsedText &p, int64_t x) { p.modifiers.omod = x == 2 ? 1 : 2; }},
    {"div", Modifier::omod, Value::integer, [](ParsedText &p, int64_t) { p.modifiers.omod = 3; }},
    {"op_sel", Modifier::opSel, Value::bits, [](ParsedText &p, int64_t x) { p.modifiers.opSel = uint16_t(x); }},
    {"op_sel_hi", Modifier::opSelHi, Value::bits, [](ParsedText &p, int64_t x) { p.modifiers.opSelHi = uint16_t(x); }},
    {"neg_lo", Modifier::negLo, Value::bits, [](ParsedText &p, int64_t x) { p.modifiers.negLo = uint16_t(x); }},
    {"neg_hi", Modifier::negHi, Value::bits, [](ParsedText &p, int64_t x) { p.modifiers.negHi = uint16_t(x); }},
    {"cbsz", Modifier::cbsz, Value::integer, [](ParsedText &p, int64_t x) { p.modifiers.cbsz = uint8_t(x); }},
    {"abid", Modifier::abid, Value::integer, [](ParsedText &p, int64_t x) { p.modifiers.abid = uint8_t(x); }},
    {"blgp", Modifier::blgp, Value::integer, [](ParsedText &p, int64_t x) { p.modifiers.blgp = uint8_t(x); }},
    {"neg", Modifier::neg, Value::bits, [](ParsedText &p, int64_t x) { p.modifiers.negLo = uint16_t(x); }},
    {"glc", Modifier::glc, Value::none, ignored},
    {"fi", Modifier::fi, Value::integer, ignored},
    {"bitop3", Modifier::bitop3, Value::integer, [](ParsedText &p, int64_t x) { p.modifiers.bitop3 = uint8_t(x); }},
    {"row_mask", Modifier::rowMask, Value::integer, [](ParsedText &p, int64_t x) { p.modifiers.rowMask = uint8_t(x); }},
    {"bank_mask", Modifier::bankMask, Value::integer,
     [](ParsedText &p, int64_t x) { p.modifiers.bankMask = uint8_t(x); }},
    {"bound_ctrl", Modifier::boundCtrl, Value::integer, ignored},
    {"vmcnt", Modifier::vmcnt, Value::call, [](ParsedText &p, int64_t x) { p.modifiers.vmcnt = uint16_t(x); }},
    {"expcnt", Modifier::expcnt, Value::call, ignored},
    {"lgkmcnt", Modifier::lgkmcnt, Value::call, [](ParsedText &p, int64_t x) { p.modifiers.lgkmcnt = uint16_t(x); }},
};

struct DppName {
  const char *name;
  Dpp control;
  bool hasValue;
};
constexpr DppName dppNames[] = {
    {"row_shl", Dpp::rowShl, true},
    {"row_shr", Dpp::rowShr, true},
    {"row_ror", Dpp::rowRor, true},
    {"wave_shl", Dpp::waveShl, true},
    {"wave_rol", Dpp::waveRol, true},
    {"wave_shr", Dpp::waveShr, true},
    {"wave_ror", Dpp::waveRor, true},
    {"row_mirror", Dpp::rowMirror, false},
    {"row_half_mirror", Dpp::rowHalfMirror, false},
    {"row_bcast", Dpp::rowBcast15, true},
    {"row_newbcast", Dpp::rowNewbcast, true},
};

struct SelName {
  const char *name;
  Sel sel;
};
constexpr SelName selNames[] = {{"BYTE_0", Sel::byte0}, {"BYTE_1", Sel::byte1}, {"BYTE_2", Sel::byte2},
                                {"BYTE_3", Sel::byte3}, {"WORD_0", Sel::word0}, {"WORD_1", Sel::word1},
                                {"DWORD", Sel::dword}};
constexpr const char *unusedNames[] = {"UNUSED_PAD", "UNUSED_SEXT", "UNUSED_PRESERVE"};

void mark(ParsedText &p, Modifier m) { p.modifiers.present |= bit(m); }

bool selector(std::string_view value, Sel &sel) {
  for (const SelName &n : selNames)
    if (value == n.name) {
      sel = n.sel;
      return true;
    }
  return false;
}

bool sdwa(std::string_view name, std::string_view value, ParsedText &p) {
  if (name == "dst_unused") {
    mark(p, Modifier::dstUnused);
    for (unsigned n = 0; n < 3; ++n)
      if (value == unusedNames[n]) {
        p.modifiers.dstUnused = Unused(n);
        return true;
      }
    return false;
  }
  if (name == "dst_sel") {
    mark(p, Modifier::dstSel);
    return selector(value, p.modifiers.dstSel);
  }
  if (name == "src0_sel") {
    mark(p, Modifier::src0Sel);
    return selector(value, p.modifiers.srcSel[0]);
  }
  if (name == "src1_sel") {
    mark(p, Modifier::src1Sel);
    return selector(value, p.modifiers.srcSel[1]);
  }
  return false;
}

// [1,0,1]: bit n is entry n.
bool bitList(std::string_view value, std::vector<int64_t> &list) {
  if (!unwrap(value, "[", "]"))
    return false;
  for (std::string_view t : tokens(value)) {
    int64_t x = 0;
    if (!number(t, x))
      return false;
    list.push_back(x);
  }
  return !list.empty();
}

bool dpp(std::string_view name, std::string_view value, ParsedText &p) {
  if (name == "quad_perm") {
    std::vector<int64_t> list;
    if (!bitList(value, list) || list.size() != 4)
      return false;
    for (unsigned n = 0; n < 4; ++n) {
      if (list[n] < 0 || list[n] > 3)
        return false;
      p.quad[n] = unsigned(list[n]);
    }
    p.modifiers.dpp = Dpp::quadPerm;
    mark(p, Modifier::dpp);
    return true;
  }
  for (const DppName &n : dppNames) {
    if (name != n.name)
      continue;
    int64_t x = 0;
    if (n.hasValue ? !number(value, x) || x < 0 || x > 31 : !value.empty())
      return false;
    p.modifiers.dpp = n.control == Dpp::rowBcast15 && x == 31 ? Dpp::rowBcast31 : n.control;
    p.dppValue = unsigned(x);
    mark(p, Modifier::dpp);
    return true;
  }
  return false;
}

bool named(std::string_view name, std::string_view value, Value form, ParsedText &p) {
  for (const ModifierName &n : modifierNames) {
    if (name != n.name || (n.value == Value::bits ? Value::integer : n.value) != form)
      continue;
    int64_t x = 0;
    if (n.value == Value::bits) {
      std::vector<int64_t> list;
      if (!bitList(value, list))
        return false;
      for (size_t b = 0; b < list.size(); ++b)
        x |= (list[b] & 1) << b;
    } else if (n.value != Value::none && !number(value, x)) {
      return false;
    }
    n.set(p, x);
    mark(p, n.modifier);
    return true;
  }
  return false;
}

bool modifier(std::string_view token, ParsedText &p) {
  // The offset of ds_swizzle is taken from the encoding: its printed form has a dozen shapes.
  if (p.mnemonic == "ds_swizzle_b32" && startsWith(token, "offset:")) {
    mark(p, Modifier::offset);
    return true;
  }
  size_t colon = token.find(':'), paren = token.find('(');
  if (paren != token.npos && token.back() == ')' && paren < colon)
    return named(token.substr(0, paren), token.substr(paren + 1, token.size() - paren - 2), Value::call, p);
  if (colon == token.npos)
    return named(token, "", Value::none, p) || dpp(token, "", p);
  std::string_view name = token.substr(0, colon), value = token.substr(colon + 1);
  return named(name, value, Value::integer, p) || dpp(name, value, p) || sdwa(name, value, p);
}

} // namespace

std::string withoutSuffix(std::string_view mnemonic) {
  for (const char *suffix : {"_e64_dpp", "_e32", "_e64", "_dpp", "_sdwa"})
    if (endsWith(mnemonic, suffix))
      return std::string(mnemonic.substr(0, mnemonic.size() - std::string_view(suffix).size()));
  return std::string(mnemonic);
}

std::string parseText(std::string_view line, ParsedText &parsed) {
  // LLVM decodes some illegal registers and says so only in a comment.
  if (line.find("/*") != line.npos)
    return "LLVM's printer calls it invalid";
  std::vector<std::string_view> all = tokens(line);
  if (all.empty())
    return "empty line";
  parsed.mnemonic = withoutSuffix(all[0]);
  bool inModifiers = false;
  for (size_t n = 1; n < all.size(); ++n) {
    ParsedOperand o;
    if (!inModifiers && operand(all[n], o)) {
      parsed.operands.push_back(o);
      continue;
    }
    inModifiers = true;
    if (!modifier(all[n], parsed))
      return "unknown operand or modifier '" + std::string(all[n]) + "'";
  }
  return "";
}

} // namespace pa::emu
