// pa-emu exec: runs a HIP program with the emulated device in the place of AMD's HIP library.
#ifndef PA_RUNTIME_EMULATOR_TOOL_EXEC_H
#define PA_RUNTIME_EMULATOR_TOOL_EXEC_H

namespace pa::emu::tool {

// pa-emu exec [options] -- PROGRAM [arguments]. Does not return if the program starts.
int exec(int argc, char **argv);

} // namespace pa::emu::tool

#endif
