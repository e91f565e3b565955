#include "compiler/tools/run/OptionTable.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>

namespace pa::run {
namespace {

constexpr const char *distributions[] = {"normal", "uniform",  "constant-v", "peaked",
                                         "equal",  "outliers", "every-code"};
constexpr const char *packings[] = {"dense", "padded", "packed"};
constexpr const char *pageOrders[] = {"shuffled", "ordered", "sparse"};

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

bool parseNumber(const std::string &text, float &value) {
  char *end = nullptr;
  value = std::strtof(text.c_str(), &end);
  return !text.empty() && *end == '\0' && std::isfinite(value);
}

bool parseList(const std::string &text, std::vector<int> &numbers, int most) {
  std::vector<std::string> parts;
  split(text, parts);
  numbers.clear();
  for (const std::string &part : parts)
    if (!parseNumber(part, numbers.emplace_back(), 0, most))
      return false;
  return true;
}

const char *setContexts(const std::string &text, Options &options) {
  return parseList(text, options.inputs.contexts, 1 << 24)
             ? nullptr
             : "whole numbers from 0 to 16777216 with commas between, e.g. 1,7,4096";
}

const char *setQlens(const std::string &text, Options &options) {
  return parseList(text, options.inputs.qlens, 4096) ? nullptr
                                                     : "whole numbers from 0 to 4096 with commas between, e.g. 1,3,0,8";
}

const char *setScale(const std::string &text, Options &options) {
  bool number = parseNumber(text, options.inputs.scale);
  return number && options.inputs.scale != 0 ? nullptr : "a finite number that is not 0";
}

template <float InputOptions::*member> const char *setPositive(const std::string &text, Options &options) {
  return parseNumber(text, options.inputs.*member) && options.inputs.*member > 0 ? nullptr : "a finite number above 0";
}

template <class Enum, size_t size>
bool setChoice(const std::string &text, const char *const (&spellings)[size], Enum &value) {
  for (size_t i = 0; i < size; ++i)
    if (text == spellings[i]) {
      value = static_cast<Enum>(i);
      return true;
    }
  return false;
}

const char *setScoreNumbers(const std::string &text, Options &options) {
  std::vector<std::string> parts;
  split(text, parts);
  options.inputs.scoreNumbers.clear();
  for (const std::string &part : parts)
    if (!parseNumber(part, options.inputs.scoreNumbers.emplace_back()))
      return "1 to 4 finite numbers with commas between";
  return parts.size() <= 4 ? nullptr : "1 to 4 finite numbers with commas between";
}

const char *setScoreTensors(const std::string &text, Options &options) {
  options.inputs.scoreTensorFiles.clear();
  split(text, options.inputs.scoreTensorFiles);
  return options.inputs.scoreTensorFiles.size() <= 4 ? nullptr : "1 to 4 files with commas between";
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

// What the device itself understands, or refuses.
constexpr char sanitizerOption[] = "sanitizer", mfmaOption[] = "mfma", initOption[] = "init", limitOption[] = "limit",
               threadsOption[] = "threads", countersOption[] = "counters";
template <const char *Name> const char *setDeviceOption(const std::string &text, Options &options) {
  options.deviceOptions.emplace_back(Name, text);
  return nullptr;
}

const std::vector<OptionRow> rows = {
    {"chip", "NAME", "chip to compile an .mlir for, and of the emulated device (default: the code object's)",
     setText<&Options::chip>},
    {"device", "NAME", "emulated:<chip> or hip:<index> (default: emulated:<chip>)", setText<&Options::device>},
    {"generic", nullptr, "of a variant's .json the generic kernel, which libpa has without compiling",
     [](auto &, auto &options) {
       options.generic = true;
       return static_cast<const char *>(nullptr);
     }},
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
    {"qlens", "LIST", "new tokens of each sequence, repeated up to the batch; of ragged kernels (default: most,1,0)",
     setQlens},
    {"scale", "X", "softmax scale (default 1 / sqrt(head size))", setScale},
    {"soft-cap", "X", "of kernels that have one (default 30)", setPositive<&InputOptions::softCap>},
    {"output-scale", "X", "what an FP8 output is divided by (default: fits the inputs)",
     setPositive<&InputOptions::outputScale>},
    {"inputs", "KIND",
     "normal, uniform (V in 0.5 .. 1.5), constant-v, peaked (Q times 4), equal (Q zero), outliers (large channels of "
     "K), every-code (of an 8-bit cache, with NaN in two sequences of three)",
     [](auto &text, auto &options) {
       return setChoice(text, distributions, options.inputs.distribution)
                  ? nullptr
                  : "normal, uniform, constant-v, peaked, equal, outliers, every-code";
     }},
    {"pages", "ORDER",
     "shuffled (default), ordered or sparse: where sequences' pages lie in the cache; sparse: all over 9 GiB and more "
     "than 65536 pages, of which only the used ones are there",
     [](auto &text, auto &options) {
       return setChoice(text, pageOrders, options.inputs.pages) ? nullptr : "shuffled, ordered, sparse";
     }},
    {"unused", "KIND", "poison (NaN patterns, default) or zero: what memory holds that is no input",
     [](auto &text, auto &options) {
       return setEither(text, "poison", "zero", options.inputs.poison) ? nullptr : "poison, zero";
     }},
    {"strides", "KIND",
     "dense (default), padded: gaps between tokens, pages and heads, which must stay untouched, or packed: that, and K "
     "and V in one pool",
     [](auto &text, auto &options) {
       return setChoice(text, packings, options.inputs.packing) ? nullptr : "dense, padded, packed";
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
    {"k-scales", "FILE", "scales of the key cache, raw float32, dense", setInput<&InputOptions::keyScalesFile>},
    {"v-scales", "FILE", "scales of the value cache", setInput<&InputOptions::valueScalesFile>},
    {"tables", "FILE", "block tables or page lists, raw int32", setInput<&InputOptions::tablesFile>},
    {"lens", "FILE", "context lengths, or what the last pages hold, raw int32", setInput<&InputOptions::lensFile>},
    {"kv-indptr", "FILE", "where each sequence's page list starts, raw int32", setInput<&InputOptions::kvIndptrFile>},
    {"qo-indptr", "FILE", "where each sequence's new tokens start, raw int32", setInput<&InputOptions::qoIndptrFile>},
    {"slopes", "FILE", "of ALiBi, raw float32 (default: the paper's)", setInput<&InputOptions::slopesFile>},
    {"sinks", "FILE", "raw float32 (default: normal, deviation 2)", setInput<&InputOptions::sinksFile>},
    {"score-numbers", "LIST", "of a user's score, up to 4", setScoreNumbers},
    {"score-tensors", "FILES", "of a user's score, up to 4, raw float32", setScoreTensors},
    {"sanitize", "on|off", "whether the emulated device reports a register used before its wait (default on)",
     setDeviceOption<sanitizerOption>},
    {"mfma", "exact|fast", "how the emulated device sums matrix products (default exact)", setDeviceOption<mfmaOption>},
    {"init", "PATTERN", "what registers and LDS of the emulated device hold at first, e.g. 0x7fc00000",
     setDeviceOption<initOption>},
    {"limit", "N", "most instructions of a launch on the emulated device (default: no limit)",
     setDeviceOption<limitOption>},
    {"threads", "N", "of the host for the emulated device, where nothing depends on order: --sanitize off (default 1)",
     setDeviceOption<threadsOption>},
    {"counters", "on|off", "whether the emulated device counts what a launch does (default on)",
     setDeviceOption<countersOption>},
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

} // namespace

const char *toString(Distribution distribution) { return distributions[static_cast<int>(distribution)]; }
const char *toString(PageOrder order) { return pageOrders[static_cast<int>(order)]; }
const char *toString(Packing packing) { return packings[static_cast<int>(packing)]; }

const std::vector<OptionRow> &optionTable() { return rows; }

} // namespace pa::run
