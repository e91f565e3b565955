#include "compiler/tools/run/Compile.h"
#include "compiler/tools/run/OptionTable.h"

#include <unistd.h>

namespace pa::run {
namespace {

const OptionRow *findRow(const std::string &name) {
  for (const OptionRow &row : optionTable())
    if (name == row.name)
      return &row;
  return nullptr;
}

Error wrong(const std::string &message) { return {ErrorCode::invalidArgument, message, {}}; }
Error wrongOption(const std::string &name, const std::string &rest) { return wrong("option '--" + name + "' " + rest); }

} // namespace

Expected<Options> parseOptions(int argc, char **argv) {
  Options options;
  options.progress = isatty(STDERR_FILENO) == 1;
  for (int i = 1; i < argc; ++i) {
    std::string argument = argv[i];
    if (argument.substr(0, 2) != "--") {
      if (!options.input.empty())
        return wrong("one input is allowed, got '" + options.input + "' and '" + argument + "'");
      options.input = argument;
      continue;
    }
    size_t equals = argument.find('=');
    std::string name = argument.substr(2, equals == std::string::npos ? equals : equals - 2), value;
    const OptionRow *row = findRow(name);
    if (!row)
      return wrong("unknown option '--" + name + "', see --help");
    if (!row->value && equals != std::string::npos)
      return wrongOption(name, "takes no value, got '" + argument.substr(equals + 1) + "'");
    if (row->value && equals != std::string::npos)
      value = argument.substr(equals + 1);
    else if (row->value && i + 1 < argc)
      value = argv[++i];
    else if (row->value)
      return wrongOption(name, std::string("needs a value: ") + row->value);
    if (const char *allowed = row->set(value, options))
      return wrongOption(name, "is '" + value + "', allowed: " + allowed);
  }
  if (options.input.empty() && !options.help)
    return wrong("no input: a code object or an .mlir file, see --help");
  if (options.exactness && options.inputs.anyFile())
    return wrong("exactness is checked on generated inputs only, got inputs from files too");
  if (options.passes && !isSource(options.input))
    return wrong("'--passes' compiles the input again without each, so it needs an .mlir, got '" + options.input + "'");
  if (options.generic && (!isVariant(options.input) || options.passes || !options.paOptions.empty()))
    return wrong("'--generic' compiles nothing: it needs a variant's .json, without --passes and --pa-options");
  return options;
}

std::string usage() {
  std::string text =
      "pa-run <code object or .mlir> [options]\n\n"
      "Runs a decode kernel on a device, verifies its result against the float64 reference, and reports.\n"
      "Exit status: 0 verified, 1 not verified or an error, 2 a wrong command line.\n\n";
  for (const OptionRow &row : optionTable()) {
    std::string left = std::string("  --") + row.name + (row.value ? std::string(" ") + row.value : "");
    left.resize(std::max<size_t>(left.size() + 2, 26), ' ');
    text += left + row.help + "\n";
  }
  return text;
}

} // namespace pa::run
