// LLVM's diagnostics of one compilation as MLIR's, instead of text on stderr.
#ifndef PA_COMPILER_CODEGEN_DIAGNOSTICS_H
#define PA_COMPILER_CODEGEN_DIAGNOSTICS_H

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "llvm/IR/LLVMContext.h"

#include <memory>

namespace mlir::pa {

// Errors and warnings that `context` reports while this lives are emitted at the llvm.func they name, else at
// `module`; remarks and notes are dropped.
class LLVMDiagnostics {
public:
  LLVMDiagnostics(llvm::LLVMContext &context, gpu::GPUModuleOp module);
  ~LLVMDiagnostics();
  LLVMDiagnostics(const LLVMDiagnostics &) = delete;

  bool anyError() const { return state.anyError; }
  void mute(bool on) { state.muted = on; }

  struct State {
    gpu::GPUModuleOp module;
    bool anyError = false;
    bool muted = false; // errors still count
  };

private:
  llvm::LLVMContext &context;
  State state;
};

} // namespace mlir::pa

#endif
