// pa-compile cache ls|verify|clear: libpa's cache of compiled kernels.
#ifndef PA_COMPILER_TOOLS_CACHECOMMAND_H
#define PA_COMPILER_TOOLS_CACHECOMMAND_H

namespace pa {

// The exit status.
int cacheCommand(int argc, char **argv);

} // namespace pa

#endif
