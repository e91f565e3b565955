// One compilation in a process of its own, so that a compiler that crashes, hangs or eats memory is an error value of
// the engine and never its end.
#ifndef PA_RUNTIME_JIT_COMPILERPROCESS_H
#define PA_RUNTIME_JIT_COMPILERPROCESS_H

#include "runtime/device/Status.h"

#include <chrono>
#include <string_view>

namespace pa {

enum class SourceKind { mlir, variant };

struct CompileRequest {
  std::string source; // text of an .mlir module, or a variant as printAnyVariant has it
  std::string chip;
  std::string options; // of the pa pipeline
  SourceKind kind = SourceKind::mlir;
  bool explain = false; // of a variant: JSON of how it is compiled, instead of the object
};

struct CompileLimits {
  std::chrono::milliseconds deadline{120000};
  uint64_t memoryMegabytes = 4096; // of address space, which the process sets for itself
  bool here = false;               // in this process: InProcess.h
};

// PA_COMPILER, or pa-compile beside libpa or in libexec; never by a search path.
Expected<std::string> findCompiler();

// What is in a compiler's reply that is whole and of this build's compiler.
Expected<std::string> readReply(const std::string &compiler, std::string_view reply);

// The code object, or the explanation, when it is this process's turn (Turns.h). What counts is a reply that is whole
// and of this build's compiler; the exit status does not, since an engine may reap its children before us. The error
// has the process's last words.
Expected<std::string> compileInProcess(const std::string &compiler, const CompileRequest &request,
                                       const CompileLimits &limits);

} // namespace pa

#endif
