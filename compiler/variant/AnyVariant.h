// What any kernel of ours computes, as data: decode (Variant.h), or a kernel beside it that writes a cache, copies its
// pages or merges results. The JSON's field "op" says which; without it, it is decode. docs/variant.md is the
// reference.
#ifndef PA_COMPILER_VARIANT_ANYVARIANT_H
#define PA_COMPILER_VARIANT_ANYVARIANT_H

#include "compiler/variant/JsonValue.h"
#include "compiler/variant/Variant.h"

#include <variant>

namespace pa {

struct AppendVariant : VariantCache {
  ElementType tokenType = ElementType::bf16; // of the new keys and values
};

// The cache's fields are the target's; heads, sizes and kind of scales are the source's too.
struct CopyPagesVariant : VariantCache {
  ElementType sourceType = ElementType::bf16;
  CacheLayout sourceLayout = CacheLayout::nhd;
  bool pairs = true; // a list of pages; without it page i goes to page i
};

struct MergeStatesVariant {
  ElementType type = ElementType::bf16;
  uint32_t heads = 0;
  uint32_t headSize = 0;
};

enum class Op { decode, append, copyPages, mergeStates };
const char *toString(Op op);

// In the order of Op.
using AnyVariant = std::variant<Variant, AppendVariant, CopyPagesVariant, MergeStatesVariant>;
inline Op opOf(const AnyVariant &variant) { return static_cast<Op>(variant.index()); }

Parsed<AnyVariant> parseAnyVariant(std::string_view json);
// All fields; "op" first, but for decode.
std::string printAnyVariant(const AnyVariant &variant);
// What a code object says of a kernel, whose op stands outside of its description.
Parsed<AnyVariant> parseVariantOfOp(Op op, std::string_view json);
// The same of an object that is read already.
Parsed<AnyVariant> readVariantOfOp(Op op, const JsonValue &json);

// All fields, as printAnyVariant has them.
JsonValue toJson(const AnyVariant &variant);

} // namespace pa

#endif
