// lld as a library: a relocatable AMDGPU object becomes a code object that a loader takes.
#ifndef PA_COMPILER_CODEGEN_LINK_H
#define PA_COMPILER_CODEGEN_LINK_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace pa {

// Thread-safe: lld keeps global state, so calls take turns. Works in a temporary directory of its own, which is gone
// afterwards.
llvm::Expected<std::vector<char>> linkCodeObject(llvm::ArrayRef<char> relocatable);

// Names of the symbols that `relocatable` uses and does not define.
llvm::Expected<std::vector<std::string>> undefinedSymbols(llvm::ArrayRef<char> relocatable);

} // namespace pa

#endif
