#include "compiler/codegen/OutputFile.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"

namespace pa {

llvm::Error writeOutputFile(llvm::StringRef path, llvm::StringRef content) {
  // llvm::writeToOutput does the temporary file and the rename.
  llvm::Error error = llvm::writeToOutput(path, [&](llvm::raw_ostream &out) {
    out << content;
    return llvm::Error::success();
  });
  if (!error)
    return llvm::Error::success();
  return llvm::createStringError("cannot write '" + path + "': " + llvm::toString(std::move(error)));
}

} // namespace pa
