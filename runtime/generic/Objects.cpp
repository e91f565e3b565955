#include "runtime/generic/Objects.h"

// The file's bytes, between two symbols of this file.
#define PA_EMBEDDED(name)                                                                                              \
  asm(".pushsection .rodata\n"                                                                                         \
      ".balign 64\n"                                                                                                   \
      "pa_generic_" #name ": .incbin \"" PA_GENERIC_OBJECTS "/" #name ".hsaco\"\n"                                     \
      "pa_generic_" #name "_end: .byte 0\n"                                                                            \
      ".popsection\n");                                                                                                \
  extern "C" __attribute__((visibility("hidden"))) const char pa_generic_##name[], pa_generic_##name##_end[];
#define PA_EMBEDDED_FOR_ALL(op) PA_EMBEDDED(op##_gfx942) PA_EMBEDDED(op##_gfx950)
PA_EMBEDDED_FOR_ALL(decode)
PA_EMBEDDED_FOR_ALL(append)
PA_EMBEDDED_FOR_ALL(copy_pages)
PA_EMBEDDED_FOR_ALL(merge_states)

namespace pa::generic {
namespace {

struct Object {
  Op op;
  std::string_view chip;
  const char *begin, *end;
};
#define PA_OBJECT(op, name, chip)                                                                                      \
  Object { op, #chip, pa_generic_##name##_##chip, pa_generic_##name##_##chip##_end }
#define PA_OBJECTS(op, name) PA_OBJECT(op, name, gfx942), PA_OBJECT(op, name, gfx950)
const Object objects[] = {PA_OBJECTS(Op::decode, decode), PA_OBJECTS(Op::append, append),
                          PA_OBJECTS(Op::copyPages, copy_pages), PA_OBJECTS(Op::mergeStates, merge_states)};

} // namespace

std::string_view objectOf(Op op, const Chip &chip) {
  for (const Object &object : objects)
    if (object.op == op && object.chip == chip.name)
      return {object.begin, size_t(object.end - object.begin)};
  return {};
}

} // namespace pa::generic
