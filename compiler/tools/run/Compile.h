// The code object of a run: the input itself, or what pa-compile makes of it.
#ifndef PA_COMPILER_TOOLS_RUN_COMPILE_H
#define PA_COMPILER_TOOLS_RUN_COMPILE_H

#include "compiler/tools/run/Options.h"
#include "compiler/tools/run/Process.h"

namespace pa::run {

// Whether the input has to be compiled: IR, whose name ends in .mlir, or a variant's description, in .json.
bool isSource(const std::string &input);
bool isVariant(const std::string &input);

// Whether --chip names one, as all that has to be made for a chip needs.
Status checkChip(const Options &options);

// The code object's path. A source is compiled into `folder`, with `more` added to the options' --pa-options.
Expected<std::string> compileInput(const Options &options, const std::string &more, const TemporaryFolder &folder);

} // namespace pa::run

#endif
