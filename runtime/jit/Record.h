// PA_RECORD_VARIANTS=FOLDER: every variant that this process asks for, as a file of its own, so that a bundle can be
// made of what was really used (`pa-compile bundle --variants FOLDER`).
#ifndef PA_RUNTIME_JIT_RECORD_H
#define PA_RUNTIME_JIT_RECORD_H

#include "runtime/device/Status.h"

namespace pa {

// `variant` is JSON as printAnyVariant has it; its file's name is made from it. Nothing if the variable is not set. The
// folder is made if need be; that it cannot be written to is an error, since somebody relies on what is recorded.
Status recordVariant(const std::string &variant);

} // namespace pa

#endif
