// What a kernel computes, for its object's description: see docs/abi.md and docs/cache-kernels.md.
#ifndef PA_COMPILER_PIPELINE_DESCRIBE_H
#define PA_COMPILER_PIPELINE_DESCRIBE_H

#include "compiler/variant/Variant.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Operation.h"

namespace mlir::pa {

/// Of the types that tensors and caches have.
::pa::ElementType elementOf(Type type);

/// Notes on the function of pa.append, pa.copy_pages or pa.merge_states which op it is (`pa.op`) and what is particular
/// to it (`pa.variant`). Other ops are left alone.
void noteCacheKernel(Operation *op);

/// The version of the op's argument block.
int64_t argumentBlockVersion(StringRef op);

} // namespace mlir::pa

#endif
