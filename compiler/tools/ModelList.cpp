#include "compiler/tools/ModelList.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/JSON.h"

#include <map>

namespace pa {
namespace {

using llvm::StringRef;
using llvm::json::Object;

llvm::Error wrong(const llvm::Twine &text) { return llvm::createStringError(text); }

// Cells between commas; one in quotes may have commas inside.
std::vector<std::string> cells(StringRef row) {
  std::vector<std::string> all(1);
  bool quoted = false;
  for (char c : row.rtrim("\r")) {
    if (c == '"')
      quoted = !quoted;
    else if (c == ',' && !quoted)
      all.emplace_back();
    else
      all.back() += c;
  }
  return all;
}

using Row = std::map<std::string, std::string>;

llvm::Expected<std::vector<Row>> readRows(StringRef text) {
  llvm::SmallVector<StringRef> lines;
  text.split(lines, '\n', -1, /*KeepEmpty=*/false);
  if (lines.empty())
    return wrong("the table of models is empty");
  std::vector<std::string> header = cells(lines.front());
  for (const char *column : {"model", "head_dim_qk_v", "window_and_other", "sinks"})
    if (!llvm::is_contained(header, column))
      return wrong(llvm::Twine("the table of models has no column '") + column + "', it has " +
                   llvm::join(header, ", "));
  std::vector<Row> rows;
  for (StringRef line : llvm::drop_begin(lines)) {
    std::vector<std::string> values = cells(line);
    if (values.size() != header.size())
      return wrong(llvm::Twine("a row of models has ") + llvm::Twine(values.size()) + " cells, expected " +
                   llvm::Twine(header.size()) + ": " + line);
    Row &row = rows.emplace_back();
    for (auto [name, value] : llvm::zip(header, values))
      row[name] = value;
  }
  return rows;
}

// "32/8=4" is 32 and 8, "192/128" is 192 and 128, "128" is 128 twice.
bool readPair(StringRef text, uint64_t &first, uint64_t &second) {
  auto [left, right] = text.split('=').first.split('/');
  if (left.getAsInteger(10, first))
    return false;
  second = first;
  return right.empty() || !right.getAsInteger(10, second);
}

struct Scores {
  std::vector<uint64_t> windows = {0};
  bool softCap = false;
};

Scores readScores(StringRef text) {
  Scores scores;
  llvm::SmallVector<StringRef> parts;
  for (StringRef outer : llvm::split(text, ';'))
    for (StringRef inner : llvm::split(outer, ','))
      inner.split(parts, '+');
  for (StringRef part : parts) {
    part = part.trim();
    scores.softCap |= part.starts_with("softcap");
    uint64_t window;
    if (!part.consumeInteger(10, window) && (part.empty() || part.starts_with(" ")))
      scores.windows.push_back(window);
  }
  return scores;
}

bool isOfHeadSizes(const std::vector<FieldError> &errors) {
  return llvm::all_of(
      errors, [](const FieldError &error) { return error.field == "head_size" || error.field == "value_head_size"; });
}

// What is wrong with more than the sizes of the model's heads is an error of the table or of the choices.
llvm::Error addVariant(const std::string &name, Object json, Models &all) {
  std::string text;
  llvm::raw_string_ostream(text) << llvm::json::Value(std::move(json));
  ParsedVariant parsed = parseVariant(text);
  if (parsed.errors.empty())
    all.variants.push_back({name, parsed.variant});
  else if (isOfHeadSizes(parsed.errors))
    all.leftOut.push_back({name, text, toText(parsed.errors)});
  else
    return wrong(name + ": " + parsed.errors.front().text);
  return llvm::Error::success();
}

// Every choice of how the model is served, as the fields that say it.
std::vector<Object> combinations(const ServingChoices &choices) {
  std::vector<Object> all;
  for (const std::string &type : choices.cacheTypes)
    for (const std::string &layout : choices.layouts)
      for (unsigned page : choices.pageSizes)
        for (unsigned tokens : choices.queryTokens)
          for (const std::string &scales : choices.scales) {
            bool floats = type == "bf16" || type == "f16";
            if (floats && &scales != &choices.scales.front())
              continue; // said once
            all.push_back(Object{{"cache_type", type},
                                 {"layout", layout},
                                 {"page_size", page},
                                 {"query_tokens", tokens},
                                 {"scales", floats ? "none" : scales}});
          }
  return all;
}

// What one row needs at one degree, for every choice.
llvm::Error addRow(const Row &row, unsigned degree, const ServingChoices &choices, Models &all) {
  std::string column = "tp" + std::to_string(degree);
  auto heads = row.find(column);
  if (heads == row.end())
    return wrong("the table of models has no column '" + column + "'");
  StringRef model = row.at("model");
  if (heads->second == "n/a" || model.contains("MLA"))
    return llvm::Error::success();
  uint64_t queryHeads, kvHeads, headSize, valueHeadSize;
  if (!readPair(heads->second, queryHeads, kvHeads))
    return wrong(model + ": " + column + " is '" + heads->second + "', expected n/a or heads as in 32/8=4");
  if (!readPair(row.at("head_dim_qk_v"), headSize, valueHeadSize))
    return wrong(model + ": head_dim_qk_v is '" + row.at("head_dim_qk_v") + "', expected as in 128 or 192/128");
  Scores scores = readScores(row.at("window_and_other"));
  std::string name = (model + ", tp " + llvm::Twine(degree)).str();
  for (const Object &choice : combinations(choices))
    for (uint64_t window : scores.windows) {
      Object json = choice;
      json["head_size"] = headSize;
      json["value_head_size"] = valueHeadSize;
      json["q_heads"] = queryHeads;
      json["kv_heads"] = kvHeads;
      json["window"] = window;
      json["soft_cap"] = scores.softCap;
      json["sinks"] = row.at("sinks") == "yes";
      json["alibi"] = model.contains("ALiBi");
      json["mask"] = model.contains("cross-attn") ? "none" : "causal";
      if (llvm::Error error = addVariant(name, std::move(json), all))
        return error;
    }
  return llvm::Error::success();
}

} // namespace

llvm::Expected<Models> readModels(StringRef text, const std::vector<unsigned> &tensorParallel,
                                  const ServingChoices &choices) {
  auto rows = readRows(text);
  if (!rows)
    return rows.takeError();
  Models all;
  for (const Row &row : *rows)
    for (unsigned degree : tensorParallel)
      if (llvm::Error error = addRow(row, degree, choices, all))
        return error;
  return all;
}

} // namespace pa
