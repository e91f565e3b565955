// Types of the attention level as a description's fields say them.
#ifndef PA_COMPILER_PIPELINE_VARIANTTYPES_H
#define PA_COMPILER_PIPELINE_VARIANTTYPES_H

#include "compiler/variant/AnyVariant.h"
#include "dialects/pa/Pa.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

namespace mlir::pa {

Type typeOf(MLIRContext *context, ::pa::ElementType type);

/// Of a cache of the caller's; null, and an error at `loc`, if the type's verifier refuses it.
KvCacheType cacheTypeOf(Location loc, const ::pa::VariantCache &cache);

/// Of its scales, any stride apart; null if there are none.
MemRefType scalesTypeOf(MLIRContext *context, const ::pa::VariantCache &cache);

/// A function with the op of a kernel beside decode.
OwningOpRef<ModuleOp> buildCacheKernelModule(Location loc, const ::pa::AnyVariant &variant);

} // namespace mlir::pa

#endif
