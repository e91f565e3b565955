#ifndef PA_RUNTIME_EMULATOR_TOOL_RUN_H
#define PA_RUNTIME_EMULATOR_TOOL_RUN_H

namespace pa::emu::tool {

extern const char *const runUsage;
extern const char *const infoUsage;

int run(int argc, char **argv);
int info(int argc, char **argv);

} // namespace pa::emu::tool

#endif
