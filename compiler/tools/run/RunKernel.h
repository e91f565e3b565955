// The kernel of a run: the input's, what pa-compile makes of it, or the generic one of a variant.
#ifndef PA_COMPILER_TOOLS_RUN_RUNKERNEL_H
#define PA_COMPILER_TOOLS_RUN_RUNKERNEL_H

#include "compiler/tools/run/Compile.h"
#include "runtime/device/KernelDescription.h"

namespace pa::run {

struct RunKernel {
  std::string path;   // of the code object
  std::string object; // its bytes
  std::string chip;
  KernelDescription description;
  std::string behind; // what a launch passes behind the arguments: a generic kernel's variant
};

// A source is compiled into `folder`, with `more` added to the options' --pa-options.
Expected<RunKernel> readKernel(const Options &options, const std::string &more, const TemporaryFolder &folder);

} // namespace pa::run

#endif
