// The fields that all descriptions of kernels on a cache have, read and checked in one place.
#ifndef PA_COMPILER_VARIANT_CACHEFIELDS_H
#define PA_COMPILER_VARIANT_CACHEFIELDS_H

#include "compiler/variant/AnyVariant.h"
#include "compiler/variant/JsonFields.h"

namespace pa {

// Spellings, in the order of each enum.
inline constexpr const char *elementTypes[] = {"bf16", "f16", "fp8_e4m3fn", "fp8_e4m3fnuz", "int8"};
inline constexpr const char *tensorTypes[] = {"bf16", "f16"};
inline constexpr const char *layouts[] = {"nhd", "hnd", "classic", "shuffled"};
inline constexpr const char *scaleKinds[] = {"none", "tensor", "head", "token", "page"};

inline constexpr uint32_t maxHeads = 1024, maxHeadSize = 1024, maxPageSize = 65536;

void readCacheFields(JsonFields &fields, VariantCache &cache);
// What contradicts itself in any kernel; what this compiler can do is for the query of support.
void checkCacheFields(JsonFields &fields, const VariantCache &cache);
void checkLayout(JsonFields &fields, const VariantCache &cache, CacheLayout layout);

// A decode kernel's, all of them.
void readVariant(JsonFields &fields, Variant &variant);
JsonObject toJson(const Variant &variant);

// What the fields of this op's descriptions can be.
std::vector<FieldKind> kindsOfFields(Op op);

} // namespace pa

#endif
