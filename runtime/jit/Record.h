// What a process asks for and gets, in folders of the user's choice.
#ifndef PA_RUNTIME_JIT_RECORD_H
#define PA_RUNTIME_JIT_RECORD_H

#include "runtime/jit/Jit.h"

namespace pa {

// PA_RECORD_VARIANTS=FOLDER: every variant that this process asks for, as a file of its own, so that a bundle can be
// made of what was really used (`pa-compile bundle --variants FOLDER`). `variant` is JSON as printAnyVariant has it;
// its file's name is made from it. Nothing if the variable is not set. The folder is made if need be; that it cannot be
// written to is an error, since somebody relies on what is recorded.
Status recordVariant(const std::string &variant);

// PA_DUMP_DIR=FOLDER: every kernel that this process gets, KEY.hsaco, beside what it was asked for with, KEY.json or
// KEY.mlir; as above.
Status dumpKernel(const CompileRequest &request, const std::string &object);

} // namespace pa

#endif
