// --save-stages: one numbered file for each stage of a compilation.
#ifndef PA_COMPILER_TOOLS_STAGEFILES_H
#define PA_COMPILER_TOOLS_STAGEFILES_H

#include "mlir/IR/Operation.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/Support/Error.h"

#include <string>

namespace pa {

// Files are DIRECTORY/CHIP/NN-stage.ext, numbered in the order in which they are written. The first failure is kept
// and ends the writing.
class StageFiles {
public:
  StageFiles(llvm::StringRef directory, llvm::StringRef chip);

  void write(llvm::StringRef stage, llvm::StringRef extension, llvm::StringRef content);
  void writeOp(llvm::StringRef stage, mlir::Operation *op);
  // From now on writes the whole module after each pass that `passes` runs.
  void followPasses(mlir::PassManager &passes);

  llvm::Error takeError();

private:
  std::string folder, failure;
  unsigned next = 0;
};

} // namespace pa

#endif
