// pa-compile bundle: kernels for deployment without a compiler, in one file.
#ifndef PA_COMPILER_TOOLS_BUNDLECOMMAND_H
#define PA_COMPILER_TOOLS_BUNDLECOMMAND_H

namespace pa {

// Whether the command line, which has been parsed, is this command's; it is then run, and `status` is what to exit
// with.
bool bundleCommand(int &status);

} // namespace pa

#endif
