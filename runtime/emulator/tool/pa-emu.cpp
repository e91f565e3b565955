// pa-emu: looks at AMDGPU code objects and runs them, and whole HIP programs, on the emulated device.
#include "runtime/emulator/Emulator.h"
#include "runtime/emulator/decode/Coverage.h"
#include "runtime/emulator/tool/Exec.h"
#include "runtime/emulator/tool/Options.h"
#include "runtime/emulator/tool/Run.h"

#include <cstdio>

namespace pa::emu::tool {
namespace {

std::string usage() {
  return std::string("usage: ") + infoUsage + "       " + runUsage +
         "       pa-emu coverage [--chip=CHIP]\n"
         "       pa-emu exec [--chip=CHIP[,CHIP]] [--mfma=exact|fast] [--sanitize=all|none|LIST] [--log=errors]\n"
         "                   -- PROGRAM [ARGUMENT...]\n";
}

constexpr const char *coverageIntroduction =
    "# What the emulated device executes\n\n"
    "`pa-emu coverage` prints this page. Every opcode of every encoding goes through LLVM's disassembler with random\n"
    "fields; a mnemonic counts when all its encodings bind with all their modifiers. What is missing is refused by "
    "name\n"
    "before a kernel's first wave runs.\n";

int coverage(int argc, char **argv) {
  Options o = parseOptions(argc, argv, {"chip"});
  if (!o.error.empty() || !o.positional.empty())
    return failTool(o.error.empty() ? usage() : o.error);
  std::vector<std::string> chips = {"gfx942", "gfx950"};
  if (o.named.count("chip")) {
    chips = {o.named["chip"]};
    if (Result<Device> d = Device::create(chips[0]); !d)
      return failTool(d.error().message);
  }
  std::printf("%s", coverageIntroduction);
  for (const std::string &chip : chips)
    std::printf("\n%s", asPage(chip, coverageOf(chip)).c_str());
  return 0;
}

} // namespace
} // namespace pa::emu::tool

int main(int argc, char **argv) {
  using namespace pa::emu::tool;
  std::string command = argc > 1 ? argv[1] : "";
  if (command == "info")
    return info(argc, argv);
  if (command == "run")
    return run(argc, argv);
  if (command == "coverage")
    return coverage(argc, argv);
  if (command == "exec")
    return exec(argc, argv);
  return failTool(usage());
}
