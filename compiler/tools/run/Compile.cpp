#include "compiler/tools/run/Compile.h"

#include "compiler/target/Chip.h"

namespace pa::run {

static Error wrong(const std::string &message) { return {ErrorCode::invalidArgument, message, {}}; }

static std::string endOf(const std::string &input) {
  constexpr size_t bytes = 5; // of each ending
  return input.size() > bytes ? input.substr(input.size() - bytes) : "";
}

bool isVariant(const std::string &input) { return endOf(input) == ".json"; }
bool isSource(const std::string &input) { return isVariant(input) || endOf(input) == ".mlir"; }

Status checkChip(const Options &options) {
  if (options.chip.empty())
    return wrong("an .mlir or .json needs --chip, allowed: " + knownChips());
  if (!findChip(options.chip))
    return wrong("unknown chip '" + options.chip + "', allowed: " + knownChips());
  return {};
}

Expected<std::string> compileInput(const Options &options, const std::string &more, const TemporaryFolder &folder) {
  if (!isSource(options.input))
    return options.input;
  if (Status status = checkChip(options); !status)
    return status.error();
  std::string compiler = findTool("pa-compile");
  if (compiler.empty())
    return wrong("pa-compile is not beside pa-run: '" + options.input + "' cannot be compiled");
  std::string object = folder.file("kernel.hsaco");
  std::vector<std::string> arguments = {options.input, "--chip", options.chip, "-o", object};
  std::string paOptions = options.paOptions + (options.paOptions.empty() || more.empty() ? "" : " ") + more;
  if (!paOptions.empty())
    arguments.push_back("--pa-options=" + paOptions);
  if (auto output = runProcess(compiler, arguments); !output)
    return wrong("'" + options.input + "' was not compiled: " + output.error().message);
  return object;
}

} // namespace pa::run
