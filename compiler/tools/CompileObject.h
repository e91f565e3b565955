// One compilation, as pa-compile's commands share it: a module or a variant to a code object.
#ifndef PA_COMPILER_TOOLS_COMPILEOBJECT_H
#define PA_COMPILER_TOOLS_COMPILEOBJECT_H

#include "compiler/codegen/Codegen.h"
#include "compiler/target/Chip.h"
#include "compiler/variant/AnyVariant.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace pa {

struct CompileOptions {
  unsigned optLevel = 3;
  unsigned codeObjectVersion = 5;
  std::string paOptions; // of the pa pipeline
  std::string function;  // of a module with several; "": there is one only
  mlir::pa::CodegenOutputs wanted;
};

struct Compiled {
  mlir::pa::CodegenResult code;
  int64_t room = 0; // that the plan leaves for registers
  std::vector<StageTime> times;

  llvm::StringRef object() const { return {code.object.data(), code.object.size()}; }
};

class StageFiles;

// Dialects of every level, and their translations.
void registerCompilerDialects(mlir::DialectRegistry &registry);

// `source` is left as it is. A kernel that spills vector registers is compiled again with plans that leave it more room
// (compiler/target/Target.h), unless the options of the pipeline say which. If `variant` is given, the kernel's own
// description has to be it, else it is an error. `stages` may be null. Errors are diagnostics.
llvm::LogicalResult compileModule(mlir::ModuleOp source, llvm::StringRef chip, const CompileOptions &options,
                                  const AnyVariant *variant, StageFiles *stages, Compiled &result);

// Runs `body`; diagnostics become the error's text if it fails.
llvm::Expected<Compiled> withDiagnostics(mlir::MLIRContext &context,
                                         llvm::function_ref<llvm::LogicalResult(Compiled &)> body);

// From a description alone; errors are all reasons why it is not supported, or the compiler's diagnostics.
llvm::Expected<Compiled> compileVariant(mlir::MLIRContext &context, const AnyVariant &variant, const Chip &chip,
                                        const CompileOptions &options);

} // namespace pa

#endif
