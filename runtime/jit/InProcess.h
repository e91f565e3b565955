// The compiler as a library of this process: libpa_compiler.so beside libpa.
#ifndef PA_RUNTIME_JIT_INPROCESS_H
#define PA_RUNTIME_JIT_INPROCESS_H

#include "runtime/jit/CompilerProcess.h"

#include <cstddef>

// What the library shows. It gives its reply, the same as a process's, or its words to `take`, and returns 0 or 1.
typedef void pa_compiler_take(void *context, const char *bytes, size_t count);
typedef int pa_compiler_function(const char *source, size_t bytes, const char *chip, const char *options,
                                 pa_compiler_take *take, void *context);

namespace pa {

// As compileInProcess, without a deadline, a limit of memory, or a process that a crash would end instead.
Expected<std::string> compileHere(const CompileRequest &request);

} // namespace pa

#endif
