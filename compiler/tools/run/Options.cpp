#include "compiler/tools/run/Options.h"

#include "compiler/tools/run/Compile.h"

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <unistd.h>

namespace pa::run {
namespace {

constexpr const char *distributions[] = {"normal", "uniform", "constant-v", "peaked", "equal"};

// Each returns what is allowed when the text is not, else null.
using Setter = const char *(*)(const std::string &text, Options &options);

template <class Integer> bool parseNumber(const std::string &text, Integer &value, Integer least, Integer most) {
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() && value >= least && value <= most;
}

bool split(const std::string &text, std::vector<std::string> &parts) {
  for (size_t begin = 0; begin <= text.size();) {
    size_t end = std::min(text.find(',', begin), text.size());
    parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return !text.empty();
}

const char *setContexts(const std::string &text, Options &options) {
  constexpr const char *allowed = "whole numbers from 0 to 16777216 with commas between, e.g. 1,7,4096";
  std::vector<std::string> parts;
  split(text, parts);
  options.inputs.contexts.clear();
  for (const std::string &part : parts)
    if (!parseNumber(part, options.inputs.contexts.emplace_back(), 0, 1 << 24))
      return allowed;
  return nullptr;
}

const char *setScale(const std::string &text, Options &options) {
  char *end = nullptr;
  options.inputs.scale = std::strtof(text.c_str(), &end);
  bool whole = !text.empty() && *end == '\0';
  return whole && std::isfinite(options.inputs.scale) && options.inputs.scale != 0 ? nullptr
                                                                                   : "a finite number that is not 0";
}

const char *setDistribution(const std::string &text, Options &options) {
  for (size_t i = 0; i < std::size(distributions); ++i)
    if (text == distributions[i]) {
      options.inputs.distribution = static_cast<Distribution>(i);
      return nullptr;
    }
  return "normal, uniform, constant-v, peaked, equal";
}

const char *setChecks(const std::string &text, Options &options) {
  std::vector<std::string> parts;
  split(text, parts);
  options.verify = options.exactness = false;
  for (const std::string &part : parts) {
    if (part == "verify")
      options.verify = true;
    else if (part == "exactness")
      options.exactness = true;
    else if (part != "none" || parts.size() > 1)
      return "none, or verify and exactness with a comma between";
  }
  return nullptr;
}

bool setEither(const std::string &text, const char *yes, const char *no, bool &value) {
  value = text == yes;
  return value || text == no;
}

template <std::string Options::*member> const char *setText(const std::string &text, Options &options) {
  options.*member = text;
  return text.empty() ? "a text that is not empty" : nullptr;
}
template <std::string InputOptions::*member> const char *setInput(const std::string &text, Options &options) {
  options.inputs.*member = text;
  return text.empty() ? "a file" : nullptr;
}

struct OptionRow {
  const char *name;
  const char *value; // null: a flag
  const char *help;
  Setter set;
};

constexpr OptionRow rows[] = {
    {"chip", "NAME", "chip to compile an .mlir for, and of the emulated device (default: the code object's)",
     setText<&Options::chip>},
    {"device", "NAME", "emulated:<chip> or hip:<index> (default: emulated:<chip>)", setText<&Options::device>},
    {"pa-options", "TEXT", "passed on to pa-compile", setText<&Options::paOptions>},
    {"contexts", "LIST", "context lengths, the new tokens counted (default 1,7,16,128,257,1024)", setContexts},
    {"batch", "N", "sequences; the context lengths are repeated (default: one each)",
     [](auto &text, auto &options) {
       return parseNumber(text, options.inputs.batch, 1, 1 << 20) ? nullptr : "a whole number from 1 to 1048576";
     }},
    {"seed", "N", "of the generated inputs (default 1)",
     [](auto &text, auto &options) {
       return parseNumber<uint64_t>(text, options.inputs.seed, 0, UINT64_MAX) ? nullptr : "a whole number";
     }},
    {"scale", "X", "softmax scale (default 1 / sqrt(head size))", setScale},
    {"inputs", "KIND", "normal, uniform (V in 0.5 .. 1.5), constant-v, peaked (Q times 4), equal (Q zero)",
     setDistribution},
    {"pages", "ORDER", "shuffled (default) or ordered: where sequences' pages lie in the cache",
     [](auto &text, auto &options) {
       return setEither(text, "shuffled", "ordered", options.inputs.shuffledPages) ? nullptr : "shuffled, ordered";
     }},
    {"unused", "KIND", "poison (NaN patterns, default) or zero: what memory holds that is no input",
     [](auto &text, auto &options) {
       return setEither(text, "poison", "zero", options.inputs.poison) ? nullptr : "poison, zero";
     }},
    {"strides", "KIND", "dense (default) or padded: gaps between tokens, pages and heads, which must stay untouched",
     [](auto &text, auto &options) {
       return setEither(text, "padded", "dense", options.inputs.paddedStrides) ? nullptr : "dense, padded";
     }},
    {"table-width", "N", "entries of a row of the block table (default: what the longest context needs, and two)",
     [](auto &text, auto &options) {
       return parseNumber(text, options.inputs.tableWidth, 1, 1 << 24) ? nullptr : "a whole number from 1 to 16777216";
     }},
    {"spare-pages", "N", "pages of the cache that no sequence uses (default 7)",
     [](auto &text, auto &options) {
       return parseNumber(text, options.inputs.sparePages, 0, 1 << 20) ? nullptr : "a whole number from 0 to 1048576";
     }},
    {"q", "FILE", "query, raw", setInput<&InputOptions::queryFile>},
    {"k", "FILE", "key cache, raw, whole pages", setInput<&InputOptions::keyFile>},
    {"v", "FILE", "value cache, raw, whole pages", setInput<&InputOptions::valueFile>},
    {"tables", "FILE", "block tables, raw int32", setInput<&InputOptions::tablesFile>},
    {"lens", "FILE", "context lengths, raw int32", setInput<&InputOptions::lensFile>},
    {"sanitize", "on|off", "whether the emulated device reports a register used before its wait (default on)",
     [](auto &text, auto &options) -> const char * {
       options.deviceOptions.emplace_back("sanitizer", text);
       return nullptr;
     }},
    {"mfma", "exact|fast", "how the emulated device sums matrix products (default exact)",
     [](auto &text, auto &options) -> const char * {
       options.deviceOptions.emplace_back("mfma", text);
       return nullptr;
     }},
    {"init", "PATTERN", "what registers and LDS of the emulated device hold at first, e.g. 0x7fc00000",
     [](auto &text, auto &options) -> const char * {
       options.deviceOptions.emplace_back("init", text);
       return nullptr;
     }},
    {"limit", "N", "most instructions of a launch on the emulated device (default: no limit)",
     [](auto &text, auto &options) -> const char * {
       options.deviceOptions.emplace_back("limit", text);
       return nullptr;
     }},
    {"check", "LIST", "verify (default), exactness, both with a comma, or none", setChecks},
    {"exactness", nullptr, "also check what must hold to the bit: see --check",
     [](auto &, auto &options) -> const char * {
       options.exactness = true;
       return nullptr;
     }},
    {"passes", nullptr, "also run an .mlir without each optional pass, and show what the pass is worth",
     [](auto &, auto &options) -> const char * {
       options.passes = true;
       return nullptr;
     }},
    {"repeat", "N", "launches, the workspace left as it is in between; all must give the same bits (default 1)",
     [](auto &text, auto &options) {
       return parseNumber(text, options.repeat, 1, 1000000) ? nullptr : "a whole number from 1 to 1000000";
     }},
    {"json", "FILE", "write the report as JSON; - for standard output, instead of the text",
     setText<&Options::jsonFile>},
    {"save-output", "FILE", "write the kernel's output, raw", setText<&Options::outputFile>},
    {"progress", nullptr, "show progress although standard error is no terminal",
     [](auto &, auto &options) -> const char * {
       options.progress = true;
       return nullptr;
     }},
    {"help", nullptr, "show this",
     [](auto &, auto &options) -> const char * {
       options.help = true;
       return nullptr;
     }},
};

const OptionRow *findRow(const std::string &name) {
  for (const OptionRow &row : rows)
    if (name == row.name)
      return &row;
  return nullptr;
}

Error wrong(const std::string &message) { return {ErrorCode::invalidArgument, message, {}}; }
Error wrongOption(const std::string &name, const std::string &rest) { return wrong("option '--" + name + "' " + rest); }

} // namespace

const char *toString(Distribution distribution) { return distributions[static_cast<int>(distribution)]; }

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
  return options;
}

std::string usage() {
  std::string text =
      "pa-run <code object or .mlir> [options]\n\n"
      "Runs a decode kernel on a device, verifies its result against the float64 reference, and reports.\n"
      "Exit status: 0 verified, 1 not verified or an error, 2 a wrong command line.\n\n";
  for (const OptionRow &row : rows) {
    std::string left = std::string("  --") + row.name + (row.value ? std::string(" ") + row.value : "");
    left.resize(std::max<size_t>(left.size() + 2, 26), ' ');
    text += left + row.help + "\n";
  }
  return text;
}

} // namespace pa::run
