// The query of support: every reason why a variant cannot be compiled for a chip, found without compiling. Plain C++
// without LLVM, for compiler and runtime alike. The rules are the table in Support.cpp; test/variant compares them with
// the compiler.
#ifndef PA_COMPILER_VARIANT_SUPPORT_H
#define PA_COMPILER_VARIANT_SUPPORT_H

#include "compiler/target/Chip.h"
#include "compiler/variant/AnyVariant.h"

#include <string>
#include <vector>

namespace pa {

// Whose limit it is: of what the description can say, of the chip, or of this version of the compiler.
enum class Limit { description, hardware, compiler };
const char *toString(Limit limit);

struct Reason {
  std::string field;   // of the variant
  std::string value;   // as JSON has it
  std::string allowed; // "1, 16, 64"
  Limit limit;
  std::string why; // what sets the limit

  // "page_size is 8, allowed: 1, 16, 64 (limit of the compiler: ...)".
  std::string text() const;
};

// Of a variant that parseVariant gave. Empty: pa-compile compiles it.
std::vector<Reason> whyNot(const Variant &variant, const Chip &chip);
// The same of any kernel's.
std::vector<Reason> whyNot(const AnyVariant &variant, const Chip &chip);

// One line each.
std::string toText(const std::vector<Reason> &reasons);

} // namespace pa

#endif
