// Files that are complete or not there at all.
#ifndef PA_COMPILER_CODEGEN_OUTPUTFILE_H
#define PA_COMPILER_CODEGEN_OUTPUTFILE_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace pa {

// Writes to a new file beside `path`, then renames it to `path`. "-" is standard output; a device or a pipe is written
// to directly.
llvm::Error writeOutputFile(llvm::StringRef path, llvm::StringRef content);

} // namespace pa

#endif
