// gpu.module (LLVM and ROCDL dialects only) -> LLVM IR -> O3 for the chip -> ELF code object, all in process.
#ifndef PA_COMPILER_CODEGEN_CODEGEN_H
#define PA_COMPILER_CODEGEN_CODEGEN_H

#include "compiler/codegen/StageTime.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"

#include <string>
#include <vector>

namespace mlir {
class DialectRegistry;

namespace pa {

struct CodegenOptions {
  std::string chip;               // one of pa::knownChips()
  unsigned optLevel = 3;          // 0..3, LLVM's O levels, for the IR pipeline and for codegen alike
  unsigned codeObjectVersion = 5; // 5 (what loaders in the field read) or 6
};

// Which texts and bytes are wanted; what is not wanted is not made and stays empty.
struct CodegenOutputs {
  bool llvmIR = false;      // as translated
  bool optimizedIR = false; // what goes into instruction selection
  bool isa = false;         // assembly text
  bool object = false;      // the linked code object (.hsaco)
};

struct CodegenResult {
  std::string llvmIR, optimizedIR, isa;
  std::vector<char> object;
  std::vector<::pa::StageTime> times;
};

// Errors, as diagnostics at the module or at the function that LLVM names: an unknown chip, an option out of range,
// an op that has no translation, what LLVM's backend refuses (LDS over the limit, ...), a symbol that nothing defines
// (a device-library call is an op that was not lowered), a failed link. LLVM's warnings become warnings.
FailureOr<CodegenResult> compileGpuModule(gpu::GPUModuleOp module, const CodegenOptions &options,
                                          const CodegenOutputs &wanted);

// The chip to compile for: `asked`, or when that is empty the chip of the module's #rocdl.target; an error when neither
// says, when they differ, or when the module has more than one target.
FailureOr<std::string> resolveChip(gpu::GPUModuleOp module, StringRef asked);

// The translations to LLVM IR that compileGpuModule needs in the module's context.
void registerCodegenTranslations(DialectRegistry &registry);

} // namespace pa
} // namespace mlir

#endif
