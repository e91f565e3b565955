// Lane level (arith, math, vector, scf, cf beside llvm and rocdl) to a gpu.module that codegen takes.
#ifndef PA_COMPILER_CODEGEN_LANELOWERING_H
#define PA_COMPILER_CODEGEN_LANELOWERING_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/PassManager.h"

namespace mlir::pa {

// Passes of a builtin.module, on the content of its gpu.modules; what is llvm or rocdl already stays as it is.
void addLaneLowering(OpPassManager &passes);

// A file may hold a kernel as a bare llvm.func with rocdl.kernel: then the module's content moves into a gpu.module
// named `name`. Nothing happens when there is a gpu.module already.
void wrapBareKernels(ModuleOp module, StringRef name);

} // namespace mlir::pa

#endif
