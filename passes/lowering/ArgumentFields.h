// Which fields of the argument block a function's argument is.
#ifndef PA_PASSES_LOWERING_ARGUMENTFIELDS_H
#define PA_PASSES_LOWERING_ARGUMENTFIELDS_H

#include "passes/Passes.h"
#include "passes/lowering/ArgBlock.h"

namespace mlir::pa {

using ArgFields = SmallVector<const ArgField *>;

/// By the argument's name (pa.arg), or else by its type and use; failure if it has no place in the block.
FailureOr<ArgFields> argumentFields(func::FuncOp function, BlockArgument argument);

/// Strides of a tensor that the caller gives; the others are known.
int64_t dynamicStrides(MemRefType type);

} // namespace mlir::pa

#endif
