// From a kernel's description to its code object: from the cache, or else compiled, once.
#ifndef PA_RUNTIME_JIT_JIT_H
#define PA_RUNTIME_JIT_JIT_H

#include "runtime/jit/CompilerProcess.h"

namespace pa {

// All that reaches the code, as text: the cache's key is its digest, and an entry holds it to be compared.
std::string keyMaterial(const CompileRequest &request);
// Of a file with its source: ".json" or ".mlir".
const char *endingOf(SourceKind kind);

// `mayCompile` is false by the caller's wish or by PA_DISABLE_JIT. A compiler's failure leaves a reproducer in the
// cache's folder "failed" that the error names.
Expected<std::string> obtainObject(const CompileRequest &request, bool mayCompile, const CompileLimits &limits = {});

} // namespace pa

#endif
