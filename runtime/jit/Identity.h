// Which compiler this build's is.
#ifndef PA_RUNTIME_JIT_IDENTITY_H
#define PA_RUNTIME_JIT_IDENTITY_H

namespace pa {

// "pa-mlir 0.1.0 (LLVM 22.1.8) 0123456789abcdef": the same in pa-compile and in libpa if they belong together.
const char *compilerIdentity();

} // namespace pa

#endif
