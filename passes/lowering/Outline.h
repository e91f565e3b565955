// A kernel of our ABI: a gpu.module of its own, the packed argument block as only argument, no hidden ones.
#ifndef PA_PASSES_LOWERING_OUTLINE_H
#define PA_PASSES_LOWERING_OUTLINE_H

#include "passes/lowering/KernelContext.h"

namespace mlir::pa {

/// A gpu.module `<function>_module` for the target's chip, before `function`, with what is noted on it (`pa.variant`,
/// `pa.op`).
gpu::GPUModuleOp outlineModule(OpBuilder &builder, func::FuncOp function, TargetAttr target);

/// The kernel, without a body, at the module's start.
LLVM::LLVMFuncOp outlineKernel(OpBuilder &builder, gpu::GPUModuleOp module, func::FuncOp function, int64_t threads,
                               int64_t argBytes);

} // namespace mlir::pa

#endif
