// Names and widths of the small enumerations, and printf into a string.
#include "runtime/emulator/core/Names.h"
#include "runtime/emulator/Emulator.h"
#include "runtime/emulator/core/Instruction.h"
#include "runtime/emulator/core/Machine.h"
#include "runtime/emulator/core/Text.h"

#include <cstdarg>
#include <cstdio>

namespace pa::emu {

const char *toString(ErrorKind kind) {
  static const char *const names[] = {"bad object", "other chip",    "unsupported",       "bad launch",
                                      "bad memory", "out of bounds", "use before wait",   "undefined value",
                                      "race",       "stuck barrier", "instruction limit", "trap"};
  return names[unsigned(kind)];
}

std::optional<uint32_t> parseChecks(std::string_view list) {
  struct Name {
    std::string_view name;
    uint32_t checks;
  };
  constexpr Name names[] = {{"all", check::all},     {"none", check::none},           {"bounds", check::bounds},
                            {"waits", check::waits}, {"undefined", check::undefined}, {"races", check::races}};
  uint32_t checks = check::none;
  for (bool last = false; !last;) {
    size_t comma = list.find(',');
    last = comma == list.npos;
    const Name *found = nullptr;
    for (const Name &n : names)
      if (n.name == list.substr(0, comma))
        found = &n;
    if (!found)
      return std::nullopt;
    checks |= found->checks;
    list.remove_prefix(last ? list.size() : comma + 1);
  }
  return checks;
}

const char *toString(Kind kind) {
  static const char *const names[kindCount] = {"valu", "transcendental", "mfma",    "salu",    "smem", "vmem",
                                               "lds",  "branch",         "waitcnt", "barrier", "other"};
  return names[unsigned(kind)];
}

unsigned dwordsOf(Type type) {
  switch (type) {
  case Type::none:
  case Type::imm:
    return 0;
  case Type::b16:
  case Type::f16:
  case Type::b32:
  case Type::f32:
  case Type::pk16:
  case Type::pkf16:
  case Type::scratchV:
  case Type::scratchS:
    return 1;
  case Type::b64:
  case Type::f64:
  case Type::pkf32:
  case Type::mask:
  case Type::vaddr:
  case Type::saddr:
    return 2;
  case Type::b96:
    return 3;
  case Type::b128:
    return 4;
  case Type::b192:
    return 6;
  case Type::b256:
    return 8;
  case Type::b512:
    return 16;
  case Type::b1024:
    return 32;
  }
  return 0;
}

std::string registerName(const Wave &w, Place place, unsigned reg) {
  struct Special {
    unsigned reg;
    const char *name;
  };
  constexpr Special specials[] = {{sreg::flatScratch, "flat_scratch_lo"},
                                  {sreg::flatScratch + 1, "flat_scratch_hi"},
                                  {sreg::vcc, "vcc_lo"},
                                  {sreg::vcc + 1, "vcc_hi"},
                                  {sreg::m0, "m0"},
                                  {sreg::exec, "exec_lo"},
                                  {sreg::exec + 1, "exec_hi"},
                                  {sreg::scc, "scc"}};
  if (place == Place::vgpr) {
    unsigned accumOffset = w.machine->program.accumOffset;
    return reg < accumOffset ? format("v%u", reg) : format("a%u", reg - accumOffset);
  }
  for (const Special &s : specials)
    if (s.reg == reg)
      return s.name;
  return format("s%u", reg);
}

std::string format(const char *pattern, ...) {
  va_list list, copy;
  va_start(list, pattern);
  va_copy(copy, list);
  int length = vsnprintf(nullptr, 0, pattern, list);
  va_end(list);
  std::string text(length > 0 ? size_t(length) : 0, '\0');
  if (length > 0)
    vsnprintf(text.data(), text.size() + 1, pattern, copy);
  va_end(copy);
  return text;
}

} // namespace pa::emu
