#include "compiler/tools/run/Problem.h"
#include "compiler/tools/run/Process.h"
#include "compiler/tools/run/Random.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace pa::run {
namespace {

reference::Type typeOf(ElementType type) {
  return type == ElementType::bf16 ? reference::Type::bf16 : reference::Type::f16;
}

reference::Layout layoutOf(CacheLayout layout) {
  switch (layout) {
  case CacheLayout::nhd:
    return reference::Layout::nhd;
  case CacheLayout::hnd:
    return reference::Layout::hnd;
  case CacheLayout::classic:
    return reference::Layout::classic;
  case CacheLayout::shuffled:
    return reference::Layout::shuffled;
  }
  return reference::Layout::nhd;
}

enum class Tensor : uint64_t { query, keys, values, pages };

class Maker {
public:
  Maker(const Variant &variant, const InputOptions &options) : options(options) {
    problem.shape = shapeOf(variant);
    problem.poison = options.poison;
    problem.paddedStrides = options.paddedStrides;
    problem.scale = options.scale != 0 ? options.scale : static_cast<float>(1 / std::sqrt(double(variant.headSize)));
  }

  Expected<Problem> make() {
    if (!makeContexts() || !loadCaches() || !makeTables() || !makeQuery() || !makeCaches())
      return *error;
    return std::move(problem);
  }

private:
  bool fail(const std::string &message) {
    error = Error{ErrorCode::invalidArgument, message, {}};
    return false;
  }

  // Reads a raw file of elements of type T; `expected` elements if not 0, else a positive multiple of `unit`.
  template <class T>
  bool load(const char *tensor, const std::string &path, std::vector<T> &elements, size_t expected, size_t unit,
            const std::string &why) {
    auto read = readFile(path);
    if (!read)
      return fail(std::string(tensor) + ": " + read.error().message);
    const std::string &bytes = *read;
    bool fits =
        expected ? bytes.size() == expected * sizeof(T) : !bytes.empty() && bytes.size() % (unit * sizeof(T)) == 0;
    if (!fits)
      return fail(std::string(tensor) + " from '" + path + "' is " + std::to_string(bytes.size()) +
                  " bytes, expected " + (expected ? "" : "a multiple of ") +
                  std::to_string((expected ? expected : unit) * sizeof(T)) + ": " + why);
    elements.resize(bytes.size() / sizeof(T));
    std::copy(bytes.begin(), bytes.end(), reinterpret_cast<char *>(elements.data()));
    return true;
  }

  bool makeContexts() {
    if (!options.lensFile.empty()) {
      size_t expected = options.batch ? options.batch : options.contexts.size();
      return load("context_lens", options.lensFile, problem.contextLens, expected, 1, "an int32 a sequence");
    }
    std::vector<int> contexts = options.contexts;
    if (contexts.empty())
      contexts = {1, 7, 16, 128, 257, 1024};
    int batch = options.batch ? options.batch : static_cast<int>(contexts.size());
    for (int i = 0; i < batch; ++i)
      problem.contextLens.push_back(contexts[i % contexts.size()]);
    return true;
  }

  int pagesOf(int context) const {
    return (std::max(context, 0) + problem.shape.pageSize - 1) / problem.shape.pageSize;
  }
  int usedEntries(int sequence) const {
    return pagesOf(reference::clampedContext(problem.shape, problem.inputs(), sequence));
  }

  bool makeTables() {
    const std::vector<int32_t> &contexts = problem.contextLens;
    if (!options.tablesFile.empty()) {
      size_t expected = options.tableWidth * contexts.size();
      if (!load("block_tables", options.tablesFile, problem.blockTables, expected, contexts.size(),
                "int32 [" + std::to_string(contexts.size()) + " sequences, entries of the longest]"))
        return false;
      problem.tableWidth = static_cast<int>(problem.blockTables.size() / contexts.size());
    } else {
      int longest = pagesOf(*std::max_element(contexts.begin(), contexts.end()));
      problem.tableWidth = options.tableWidth ? options.tableWidth : longest + 2;
      problem.blockTables.assign(contexts.size() * problem.tableWidth, garbageEntry);
    }
    int64_t used = 0;
    for (int sequence = 0; sequence < problem.sequences(); ++sequence)
      used += usedEntries(sequence);
    if (problem.keyCache.empty())
      problem.pages = std::max<int64_t>(used + options.sparePages, 1);
    if (problem.pages > INT32_MAX)
      return fail("the cache has " + std::to_string(problem.pages) + " pages, at most 2147483647 are allowed");
    if (!options.tablesFile.empty())
      return true;
    if (problem.pages < used)
      return fail("key_cache from '" + options.keyFile + "' has " + std::to_string(problem.pages) +
                  " pages, the contexts need " + std::to_string(used));
    placePages();
    return true;
  }

  void placePages() {
    std::vector<int32_t> order(problem.pages);
    std::iota(order.begin(), order.end(), 0);
    Stream random = stream(Tensor::pages, 0, 0, 0);
    if (options.shuffledPages)
      for (size_t i = order.size() - 1; i > 0; --i)
        std::swap(order[i], order[random.below(i + 1)]);
    size_t next = 0;
    for (int sequence = 0; sequence < problem.sequences(); ++sequence)
      for (int i = 0, entries = usedEntries(sequence); i < entries; ++i)
        problem.blockTables[size_t(sequence) * problem.tableWidth + i] = order[next++];
  }

  bool makeQuery() {
    const reference::Shape &shape = problem.shape;
    size_t tokens = problem.contextLens.size() * shape.queryTokens, row = size_t(shape.queryHeads) * shape.headSize;
    if (!options.queryFile.empty())
      return load("query", options.queryFile, problem.query, tokens * row, 1,
                  std::to_string(problem.sequences()) + " sequences * " + std::to_string(shape.queryTokens) +
                      " query tokens * " + std::to_string(shape.queryHeads) + " heads * head size " +
                      std::to_string(shape.headSize) + " * 2 bytes");
    problem.query.resize(tokens * row);
    if (options.distribution == Distribution::equal)
      return true;
    Quantiles normal = Quantiles::normal(shape.queryType, options.distribution == Distribution::peaked ? 4 : 1);
    for (size_t token = 0; token < tokens; ++token)
      normal.fill(&problem.query[token * row], row, stream(Tensor::query, token, 0, 0));
    return true;
  }

  bool makeCaches() {
    if (!problem.keyCache.empty())
      return true;
    size_t elements = problem.pages * problem.shape.pageElements();
    uint16_t unused = problem.poison ? reference::poisonCode(problem.shape.cacheType) : 0;
    problem.keyCache.assign(elements, unused);
    problem.valueCache.assign(elements, unused);
    for (int sequence = 0; sequence < problem.sequences(); ++sequence)
      fillSequence(sequence);
    return true;
  }

  // Before the tables: a cache from a file says how many pages there are.
  bool loadCaches() {
    if (options.keyFile.empty() != options.valueFile.empty())
      return fail("the caches come both from files or both from the seed: give --k and --v, or neither");
    if (options.keyFile.empty())
      return true;
    size_t page = problem.shape.pageElements();
    std::string why = "whole pages of " + std::to_string(page) + " elements of 2 bytes";
    if (!load("key_cache", options.keyFile, problem.keyCache, 0, page, why) ||
        !load("value_cache", options.valueFile, problem.valueCache, problem.keyCache.size(), page,
              "as many pages as key_cache"))
      return false;
    problem.pages = static_cast<int64_t>(problem.keyCache.size() / page);
    return true;
  }

  void fillSequence(int sequence) {
    const reference::Shape &shape = problem.shape;
    int context = reference::clampedContext(shape, problem.inputs(), sequence);
    Quantiles &keys = quantiles(Tensor::keys), &values = quantiles(Tensor::values);
    std::vector<uint16_t> key(shape.headSize), value(shape.headSize);
    for (int position = 0; position < context; ++position) {
      int32_t entry = problem.blockTables[size_t(sequence) * problem.tableWidth + position / shape.pageSize];
      if (entry < 0 || entry >= problem.pages)
        continue; // a table from a file; running it finds this
      for (int head = 0; head < shape.kvHeads; ++head) {
        keys.fill(key.data(), key.size(), stream(Tensor::keys, sequence, position, head));
        bool constant = options.distribution == Distribution::constantV;
        values.fill(value.data(), value.size(),
                    constant ? stream(Tensor::values, 0, 0, head) : stream(Tensor::values, sequence, position, head));
        store(entry, position % shape.pageSize, head, key, value);
        if (constant)
          problem.constantValues.resize(size_t(shape.kvHeads) * shape.headSize);
        if (constant)
          std::copy(value.begin(), value.end(), problem.constantValues.begin() + size_t(head) * shape.headSize);
      }
    }
  }

  void store(int32_t page, int token, int head, const std::vector<uint16_t> &key, const std::vector<uint16_t> &value) {
    uint16_t *keyPage = &problem.keyCache[page * problem.shape.pageElements()];
    uint16_t *valuePage = &problem.valueCache[page * problem.shape.pageElements()];
    for (int d = 0; d < problem.shape.headSize; ++d) {
      keyPage[reference::keyOffset(problem.shape, token, head, d)] = key[d];
      valuePage[reference::valueOffset(problem.shape, token, head, d)] = value[d];
    }
  }

  Quantiles &quantiles(Tensor tensor) {
    std::optional<Quantiles> &made = tensor == Tensor::keys ? keyQuantiles : valueQuantiles;
    bool uniform = tensor == Tensor::values && options.distribution == Distribution::uniform;
    if (!made)
      made = uniform ? Quantiles::uniform(problem.shape.cacheType, 0.5, 1.5)
                     : Quantiles::normal(problem.shape.cacheType, 1);
    return *made;
  }

  Stream stream(Tensor tensor, uint64_t sequence, uint64_t position, uint64_t head) const {
    uint64_t key = Stream::mix(options.seed + 1) + static_cast<uint64_t>(tensor);
    key = Stream::mix(key * 0x9e3779b97f4a7c15u + sequence);
    return Stream(Stream::mix(key + position) + head);
  }

  const InputOptions &options;
  Problem problem;
  std::optional<Error> error;
  std::optional<Quantiles> keyQuantiles, valueQuantiles;
};

} // namespace

reference::Inputs Problem::inputs() const {
  reference::Inputs inputs;
  inputs.query = query.data();
  inputs.keyCache = keyCache.data();
  inputs.valueCache = valueCache.data();
  inputs.blockTables = blockTables.data();
  inputs.contextLens = contextLens.data();
  inputs.sequences = sequences();
  inputs.tableWidth = tableWidth;
  inputs.pages = pages;
  inputs.softmaxScale = scale;
  return inputs;
}

reference::Shape shapeOf(const Variant &variant) {
  reference::Shape shape;
  shape.queryType = typeOf(variant.queryType);
  shape.cacheType = typeOf(variant.cacheType);
  shape.layout = layoutOf(variant.layout);
  shape.headSize = static_cast<int>(variant.headSize);
  shape.queryHeads = static_cast<int>(variant.queryHeads);
  shape.kvHeads = static_cast<int>(variant.kvHeads);
  shape.pageSize = static_cast<int>(variant.pageSize);
  shape.queryTokens = static_cast<int>(variant.queryTokens);
  return shape;
}

Expected<Problem> makeProblem(const Variant &variant, const InputOptions &options) {
  return Maker(variant, options).make();
}

} // namespace pa::run
