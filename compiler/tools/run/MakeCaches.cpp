// Keys, values and their scales, generated or from files, and poison wherever none of them is.
#include "compiler/tools/run/CacheNumbers.h"

#include <cstring>

namespace pa::run {
namespace {

constexpr uint16_t poisonScale = 0xff; // each byte of a NaN

bool hasPagedScales(const reference::Shape &shape) {
  return shape.scales == reference::Scales::token || shape.scales == reference::Scales::page;
}

// Scales of a file: all of them, dense.
size_t scaleCount(const Problem &problem) {
  const reference::Shape &shape = problem.shape;
  size_t heads = shape.kvHeads, pages = problem.pages;
  switch (shape.scales) {
  case reference::Scales::none:
    return 0;
  case reference::Scales::tensor:
    return 1;
  case reference::Scales::head:
    return heads;
  case reference::Scales::token:
    return pages * heads * shape.pageSize;
  case reference::Scales::page:
    return pages * heads;
  }
  return 0;
}

Status makePool(Pool &pool, uint64_t bytes) {
  auto made = Pool::make(bytes);
  if (!made)
    return made.error();
  pool = std::move(*made);
  return {};
}

Status makePools(Problem &problem) {
  const Geometry &geometry = problem.geometry;
  uint64_t pages = problem.pages, scaledPages = hasPagedScales(problem.shape) ? pages : 1;
  struct {
    Pool &pool;
    uint64_t bytes;
  } const pools[] = {
      {problem.keyPool, pages * geometry.keys.page},
      {problem.valuePool, geometry.packed ? 0 : pages * geometry.values.page},
      {problem.keyScalePool, scaledPages * geometry.keyScaleBytes},
      {problem.valueScalePool, scaledPages * geometry.valueScaleBytes},
  };
  for (const auto &[pool, bytes] : pools)
    if (Status status = makePool(pool, bytes); !status)
      return status;
  return {};
}

// Of a sparse cache only the pages that are used: the others are never touched.
void poison(Problem &problem) {
  uint16_t code = reference::poisonCode(problem.shape.cacheType);
  int codeBytes = problem.shape.cacheBytes();
  auto fill = [&](Pool &pool, int64_t pageBytes, uint16_t pattern, int patternBytes) {
    if (pool.empty())
      return;
    if (!problem.sparse || pageBytes == 0)
      return pool.fill(0, pool.bytes(), pattern, patternBytes);
    for (int32_t page : problem.filledPages)
      pool.fill(page * pageBytes, pageBytes, pattern, patternBytes);
  };
  fill(problem.keyPool, problem.geometry.keys.page, code, codeBytes);
  fill(problem.valuePool, problem.geometry.values.page, code, codeBytes);
  fill(problem.keyScalePool, problem.geometry.keyScales.page, poisonScale, 1);
  fill(problem.valueScalePool, problem.geometry.valueScales.page, poisonScale, 1);
}

// Keys or values of the problem: where they go, and what they are.
struct Part {
  Problem &problem;
  uint8_t *cache;
  const reference::Strides &strides;
  uint8_t *scales; // null: none
  const reference::Strides &scaleStrides;
  CacheNumbers numbers;
  int64_t (*offset)(const reference::Shape &, const reference::Strides &, int token, int head, int d);
  std::vector<uint16_t> codes;

  float scaleOf(int sequence, int position, int head) const {
    switch (problem.shape.scales) {
    case reference::Scales::none:
    case reference::Scales::tensor:
      return numbers.scaleOf(0, 0, 0);
    case reference::Scales::head:
      return numbers.scaleOf(0, 0, head);
    case reference::Scales::token:
      return numbers.scaleOf(sequence, position, head);
    case reference::Scales::page:
      return numbers.scaleOf(sequence, position / problem.shape.pageSize, head);
    }
    return 1;
  }

  void store(int sequence, int position, int64_t page, int head) {
    const reference::Shape &shape = problem.shape;
    int token = position % shape.pageSize;
    float scale = scaleOf(sequence, position, head);
    if (scales)
      std::memcpy(scales + scaleOffset(shape, scaleStrides, page, token, head), &scale, sizeof scale);
    numbers.fill(codes, sequence, position, head, scale);
    uint8_t *base = cache + page * strides.page;
    for (size_t d = 0; d < codes.size(); ++d)
      std::memcpy(base + offset(shape, strides, token, head, static_cast<int>(d)), &codes[d], shape.cacheBytes());
  }
};

Part keysOf(const InputOptions &options, Problem &problem) {
  return {problem,
          problem.keyPool.data(),
          problem.geometry.keys,
          problem.keyScalePool.data(),
          problem.geometry.keyScales,
          CacheNumbers(options, problem, Tensor::keys),
          reference::keyOffset,
          {}};
}

Part valuesOf(const InputOptions &options, Problem &problem) {
  return {problem,
          problem.values(),
          problem.geometry.values,
          problem.valueScalePool.data(),
          problem.geometry.valueScales,
          CacheNumbers(options, problem, Tensor::values),
          reference::valueOffset,
          {}};
}

// Everything of the pages that are needed, also what lies before a window in them.
void fillSequence(int sequence, Part &keys, Part &values) {
  Problem &problem = keys.problem;
  const reference::Shape &shape = problem.shape;
  reference::Inputs inputs = problem.inputs();
  reference::KeyRange needed = neededKeys(shape, inputs, sequence);
  if (needed.count() <= 0)
    return;
  int end = contextOf(shape, inputs, sequence);
  for (int position = needed.first / shape.pageSize * shape.pageSize; position < end; ++position) {
    int64_t page = inputs.blockTables[entryIndex(inputs, sequence, position / shape.pageSize)];
    if (page < 0 || page >= problem.pages)
      continue; // a table from a file; running it finds this
    for (int head = 0; head < shape.kvHeads; ++head) {
      keys.store(sequence, position, page, head);
      values.store(sequence, position, page, head);
    }
  }
}

// A tensor's or a head's scales are there whether or not a sequence has keys.
void fillUnpagedScales(Part &part) {
  const reference::Shape &shape = part.problem.shape;
  if (!part.scales || hasPagedScales(shape))
    return;
  for (int head = 0; head < (shape.scales == reference::Scales::head ? shape.kvHeads : 1); ++head) {
    float scale = part.numbers.scaleOf(0, 0, head);
    std::memcpy(part.scales + scaleOffset(shape, part.scaleStrides, 0, 0, head), &scale, sizeof scale);
  }
}

// From files, dense, to where it belongs.
void scatter(const CacheFiles &files, Problem &problem) {
  const reference::Shape &shape = problem.shape;
  int64_t keyPage = denseKeys(shape).page, valuePage = denseValues(shape).page;
  for (int64_t page = 0; page < problem.pages; ++page) {
    scatterPage(shape, problem.geometry.keys, shape.headSize, &files.keys[page * keyPage],
                problem.keyPool.data() + page * problem.geometry.keys.page);
    scatterPage(shape, problem.geometry.values, shape.valueHeadSize, &files.values[page * valuePage],
                problem.values() + page * problem.geometry.values.page);
  }
  if (shape.scales == reference::Scales::none)
    return;
  reference::Strides dense = denseScales(shape);
  int tokens = shape.scales == reference::Scales::token ? shape.pageSize : 1;
  int heads = shape.scales == reference::Scales::tensor ? 1 : shape.kvHeads;
  for (int64_t page = 0; page < (hasPagedScales(shape) ? problem.pages : 1); ++page)
    for (int head = 0; head < heads; ++head) {
      int64_t from = scaleOffset(shape, dense, page, 0, head) / int64_t(sizeof(float));
      std::memcpy(problem.keyScalePool.data() + scaleOffset(shape, problem.geometry.keyScales, page, 0, head),
                  &files.keyScales[from], tokens * sizeof(float));
      std::memcpy(problem.valueScalePool.data() + scaleOffset(shape, problem.geometry.valueScales, page, 0, head),
                  &files.valueScales[from], tokens * sizeof(float));
    }
}

Status loadScales(const InputOptions &options, const Problem &problem, CacheFiles &files) {
  bool given = !options.keyScalesFile.empty() || !options.valueScalesFile.empty();
  bool wanted = !options.keyFile.empty() && problem.shape.scales != reference::Scales::none;
  if (given && !wanted)
    return wrongInput("scales come from files with a scaled cache from files only: --k-scales and --v-scales belong to "
                      "--k and --v");
  if (!wanted)
    return {};
  if (options.keyScalesFile.empty() || options.valueScalesFile.empty())
    return wrongInput("the cache has scales: give --k-scales and --v-scales with --k and --v");
  size_t count = scaleCount(problem);
  std::string why = "floats, " + std::to_string(problem.pages) + " pages";
  if (Status status = loadRaw("key_scales", options.keyScalesFile, files.keyScales, count, 1, why); !status)
    return status;
  return loadRaw("value_scales", options.valueScalesFile, files.valueScales, count, 1, why);
}

} // namespace

Status loadCaches(const InputOptions &options, Problem &problem, CacheFiles &files) {
  if (options.keyFile.empty() != options.valueFile.empty())
    return wrongInput("the caches come both from files or both from the seed: give --k and --v, or neither");
  if (options.keyFile.empty())
    return loadScales(options, problem, files);
  if (options.pages == PageOrder::sparse)
    return wrongInput("a cache from a file has all of its pages, so there is no place for --pages sparse");
  size_t keyPage = denseKeys(problem.shape).page, valuePage = denseValues(problem.shape).page;
  size_t bytes = problem.shape.cacheBytes();
  std::string why = "whole pages of " + std::to_string(keyPage / bytes) + " elements of " + std::to_string(bytes) +
                    (bytes == 1 ? " byte" : " bytes");
  if (Status status = loadRaw("key_cache", options.keyFile, files.keys, 0, keyPage, why); !status)
    return status;
  problem.pages = static_cast<int64_t>(files.keys.size() / keyPage);
  if (Status status = loadRaw("value_cache", options.valueFile, files.values, problem.pages * valuePage, 1,
                              "as many pages as key_cache");
      !status)
    return status;
  return loadScales(options, problem, files);
}

Status makeCaches(const InputOptions &options, const CacheFiles &files, Problem &problem) {
  if (options.distribution == Distribution::everyCode && problem.shape.cacheBytes() != 1)
    return wrongInput("inputs of every code need a cache of 8 bits, the kernel's is " +
                      std::string(facts(problem.shape.cacheType).name));
  if (Status status = makePools(problem); !status)
    return status;
  if (problem.poison)
    poison(problem);
  if (!files.keys.empty()) {
    scatter(files, problem);
    return {};
  }
  Part keys = keysOf(options, problem), values = valuesOf(options, problem);
  fillUnpagedScales(keys);
  fillUnpagedScales(values);
  for (int sequence = 0; sequence < problem.sequences(); ++sequence)
    fillSequence(sequence, keys, values);
  if (options.distribution != Distribution::constantV)
    return {};
  for (int head = 0; head < problem.shape.kvHeads; ++head) {
    std::vector<uint16_t> codes = values.numbers.constantOutput(head);
    problem.constantOutputs.insert(problem.constantOutputs.end(), codes.begin(), codes.end());
  }
  return {};
}

} // namespace pa::run
