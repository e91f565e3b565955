#include "compiler/tools/StageFiles.h"

#include "compiler/codegen/OutputFile.h"
#include "mlir/Pass/Pass.h"
#include "mlir/Pass/PassInstrumentation.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"

namespace pa {
namespace {

struct WriteAfterPass : mlir::PassInstrumentation {
  explicit WriteAfterPass(StageFiles &files) : files(files) {}

  void runAfterPass(mlir::Pass *pass, mlir::Operation *op) override {
    if (pass->getArgument().empty()) // the adaptor that runs nested passes
      return;
    while (mlir::Operation *parent = op->getParentOp())
      op = parent;
    files.writeOp(pass->getArgument(), op);
  }

  StageFiles &files;
};

} // namespace

StageFiles::StageFiles(llvm::StringRef directory, llvm::StringRef chip) {
  llvm::SmallString<128> path(directory);
  llvm::sys::path::append(path, chip);
  folder = path.str();
  if (std::error_code ec = llvm::sys::fs::create_directories(folder))
    failure = "cannot create '" + folder + "': " + ec.message();
}

void StageFiles::write(llvm::StringRef stage, llvm::StringRef extension, llvm::StringRef content) {
  if (!failure.empty())
    return;
  std::string path = llvm::formatv("{0}/{1,0+2}-{2}{3}", folder, next++, stage, extension);
  if (llvm::Error error = writeOutputFile(path, content))
    failure = llvm::toString(std::move(error));
}

void StageFiles::writeOp(llvm::StringRef stage, mlir::Operation *op) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  op->print(stream);
  stream << '\n';
  write(stage, ".mlir", text);
}

void StageFiles::followPasses(mlir::PassManager &passes) {
  passes.addInstrumentation(std::make_unique<WriteAfterPass>(*this));
}

llvm::Error StageFiles::takeError() {
  return failure.empty() ? llvm::Error::success() : llvm::createStringError(failure);
}

} // namespace pa
