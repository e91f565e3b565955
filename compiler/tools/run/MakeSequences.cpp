// Contexts, new tokens and page tables.
#include "compiler/tools/run/MakeProblem.h"

#include <numeric>
#include <unordered_set>

namespace pa::run {
namespace {

int pagesOf(const Problem &problem, int context) {
  return (std::max(context, 0) + problem.shape.pageSize - 1) / problem.shape.pageSize;
}

// Positions of a sequence's table that a kernel may look at.
reference::KeyRange neededPages(const Problem &problem, int sequence) {
  reference::KeyRange keys = neededKeys(problem.shape, problem.inputs(), sequence);
  if (keys.count() <= 0)
    return {};
  return {keys.first / problem.shape.pageSize, pagesOf(problem, keys.end)};
}

Status checkIndptr(const char *tensor, const std::string &path, const std::vector<int32_t> &indptr) {
  int position = reference::findDecrease(indptr.data(), static_cast<int>(indptr.size()) - 1);
  if (position < 0)
    return {};
  std::string before =
      position ? "it is " + std::to_string(indptr[position - 1]) + " before that" : "there is nothing before";
  return wrongInput(std::string(tensor) + " from '" + path + "' is " + std::to_string(indptr[position]) +
                    " at position " + std::to_string(position) + "; " + before +
                    ", allowed: 0 or more, and never less than before");
}

std::vector<int32_t> repeated(const std::vector<int> &list, int count) {
  std::vector<int32_t> result;
  for (int i = 0; i < count; ++i)
    result.push_back(list[i % list.size()]);
  return result;
}

// Page lists of contexts, and what is left for the last page of each: without pages it is nobody's business.
void makeIndptr(Problem &problem) {
  problem.kvIndptr = {0};
  for (size_t s = 0; s < problem.contexts.size(); ++s) {
    int pages = pagesOf(problem, problem.contexts[s]);
    problem.kvIndptr.push_back(problem.kvIndptr.back() + pages);
    int none = problem.poison ? garbageEntry(s) : 0;
    problem.contextLens.push_back(pages ? problem.contexts[s] - (pages - 1) * problem.shape.pageSize : none);
  }
}

Status loadIndptr(const InputOptions &options, Problem &problem) {
  if (options.lensFile.empty() || options.kvIndptrFile.empty())
    return wrongInput("page lists of a csr kernel come both from files or both from the contexts: give --kv-indptr "
                      "and --lens, or neither");
  if (Status status = loadRaw("kv_indptr", options.kvIndptrFile, problem.kvIndptr, 0, 1, "int32"); !status)
    return status;
  if (problem.kvIndptr.size() < 2)
    return wrongInput("kv_indptr from '" + options.kvIndptrFile + "' has one entry, expected one more than sequences");
  if (Status status = checkIndptr("kv_indptr", options.kvIndptrFile, problem.kvIndptr); !status)
    return status;
  size_t sequences = problem.kvIndptr.size() - 1;
  if (Status status =
          loadRaw("last_page_len", options.lensFile, problem.contextLens, sequences, 1, "an int32 a sequence");
      !status)
    return status;
  for (size_t s = 0; s < sequences; ++s) {
    bool empty = problem.kvIndptr[s] == problem.kvIndptr[s + 1];
    if (!empty && (problem.contextLens[s] < 0 || problem.contextLens[s] > problem.shape.pageSize))
      return wrongInput("last_page_len of sequence " + std::to_string(s) + " is " +
                        std::to_string(problem.contextLens[s]) + ", allowed: 0 to the page size, " +
                        std::to_string(problem.shape.pageSize));
    problem.contexts.push_back(contextOf(problem.shape, problem.inputs(), static_cast<int>(s)));
  }
  return {};
}

Status makeContexts(const Variant &variant, const InputOptions &options, Problem &problem) {
  bool csr = variant.tables == Tables::csr;
  if (csr && (!options.lensFile.empty() || !options.kvIndptrFile.empty()))
    return loadIndptr(options, problem);
  if (!options.kvIndptrFile.empty())
    return wrongInput("the kernel takes block tables, so there is no place for --kv-indptr");
  if (!options.lensFile.empty()) {
    size_t expected = options.batch ? options.batch : options.contexts.size();
    Status status = loadRaw("context_lens", options.lensFile, problem.contextLens, expected, 1, "an int32 a sequence");
    problem.contexts = problem.contextLens;
    return status;
  }
  std::vector<int> contexts = options.contexts;
  if (contexts.empty())
    contexts = {1, 7, 16, 128, 257, 1024};
  problem.contexts = repeated(contexts, options.batch ? options.batch : static_cast<int>(contexts.size()));
  if (csr)
    makeIndptr(problem);
  else
    problem.contextLens = problem.contexts;
  return {};
}

Status checkTokens(const Problem &problem) {
  for (int s = 0; s < problem.sequences(); ++s) {
    int tokens = queryTokens(problem.shape, problem.inputs(), s);
    if (tokens > problem.shape.queryTokens)
      return wrongInput("sequence " + std::to_string(s) + " has " + std::to_string(tokens) +
                        " query tokens, the kernel takes at most " + std::to_string(problem.shape.queryTokens));
  }
  return {};
}

Status makeTokens(const Variant &variant, const InputOptions &options, Problem &problem) {
  if (!variant.ragged) {
    if (!options.qlens.empty() || !options.qoIndptrFile.empty())
      return wrongInput("every sequence of this kernel has " + std::to_string(variant.queryTokens) +
                        " query tokens, so there is no place for --qlens or --qo-indptr");
    return {};
  }
  if (!options.qoIndptrFile.empty()) {
    if (Status status = loadRaw("qo_indptr", options.qoIndptrFile, problem.qoIndptr, problem.sequences() + 1, 1,
                                "an int32 a sequence, and one");
        !status)
      return status;
    if (Status status = checkIndptr("qo_indptr", options.qoIndptrFile, problem.qoIndptr); !status)
      return status;
    if (problem.qoIndptr[0] != 0)
      return wrongInput("qo_indptr from '" + options.qoIndptrFile + "' starts at " +
                        std::to_string(problem.qoIndptr[0]) + ", expected 0");
    return checkTokens(problem);
  }
  std::vector<int> qlens = options.qlens;
  if (qlens.empty())
    qlens = {static_cast<int>(variant.queryTokens), 1, 0};
  problem.qoIndptr = {0};
  for (int32_t tokens : repeated(qlens, problem.sequences()))
    problem.qoIndptr.push_back(problem.qoIndptr.back() + tokens);
  return checkTokens(problem);
}

void makeGarbage(Problem &problem, size_t entries) {
  problem.blockTables.clear();
  for (size_t i = 0; i < entries; ++i)
    problem.blockTables.push_back(garbageEntry(i));
}

// Entries of the table: how many there are, all garbage unless they come from a file.
Status makeEntries(const InputOptions &options, Problem &problem) {
  size_t sequences = problem.contexts.size();
  bool csr = !problem.kvIndptr.empty();
  if (csr && options.tableWidth)
    return wrongInput("the kernel takes lists of pages, so there is no place for --table-width");
  if (csr) {
    size_t entries = problem.kvIndptr.back();
    makeGarbage(problem, entries + 2);
    if (options.tablesFile.empty())
      return {};
    return loadRaw("kv_indices", options.tablesFile, problem.blockTables, std::max<size_t>(entries, 1), 1,
                   "int32, as many as kv_indptr ends with");
  }
  if (!options.tablesFile.empty()) {
    Status status = loadRaw("block_tables", options.tablesFile, problem.blockTables, options.tableWidth * sequences,
                            sequences, "int32 [" + std::to_string(sequences) + " sequences, entries of the longest]");
    problem.tableWidth = static_cast<int>(problem.blockTables.size() / sequences);
    return status;
  }
  int longest = pagesOf(problem, *std::max_element(problem.contexts.begin(), problem.contexts.end()));
  problem.tableWidth = options.tableWidth ? options.tableWidth : longest + 2;
  makeGarbage(problem, sequences * problem.tableWidth);
  return {};
}

// Enough pages for numbers above 65535 and offsets above 4 GiB in both caches.
int64_t sparsePages(const Problem &problem, int64_t used) {
  const Geometry &geometry = problem.geometry;
  int64_t step = std::min(geometry.keys.page, geometry.values.page);
  return std::max<int64_t>({used, 3 * 65536, (int64_t(9) << 30) / step});
}

// Distinct pages, the first and the last page of the cache among them.
std::vector<int32_t> drawSparse(const InputOptions &options, int64_t pages, int64_t count) {
  std::vector<int32_t> order = {static_cast<int32_t>(pages - 1), 0};
  std::unordered_set<int32_t> taken(order.begin(), order.end());
  Stream random = streamOf(options, Tensor::pages, 0, 0, 0);
  while (static_cast<int64_t>(order.size()) < count)
    if (auto page = static_cast<int32_t>(random.below(pages)); taken.insert(page).second)
      order.push_back(page);
  return order;
}

std::vector<int32_t> pageOrder(const InputOptions &options, int64_t pages, int64_t used) {
  if (options.pages == PageOrder::sparse)
    return drawSparse(options, pages, used);
  std::vector<int32_t> order(pages);
  std::iota(order.begin(), order.end(), 0);
  Stream random = streamOf(options, Tensor::pages, 0, 0, 0);
  if (options.pages == PageOrder::shuffled)
    for (size_t i = order.size() - 1; i > 0; --i)
      std::swap(order[i], order[random.below(i + 1)]);
  return order;
}

void placePages(const InputOptions &options, Problem &problem, int64_t used) {
  std::vector<int32_t> order = pageOrder(options, problem.pages, used);
  size_t next = 0;
  for (int sequence = 0; sequence < problem.sequences(); ++sequence) {
    reference::KeyRange needed = neededPages(problem, sequence);
    int all = pagesOf(problem, contextOf(problem.shape, problem.inputs(), sequence));
    for (int position = 0; position < all; ++position) {
      int32_t &entry = problem.blockTables[entryIndex(problem.inputs(), sequence, position)];
      if (position >= needed.first && position < needed.end)
        problem.filledPages.push_back(entry = order[next++]);
      else if (!problem.poison)
        entry = 0; // a page, but not the sequence's
    }
  }
}

} // namespace

Status makeSequences(const Variant &variant, const InputOptions &options, Problem &problem) {
  if (Status status = makeContexts(variant, options, problem); !status)
    return status;
  return makeTokens(variant, options, problem);
}

Status makeTables(const InputOptions &options, Problem &problem) {
  bool pagesAreKnown = problem.pages != 0;
  if (Status status = makeEntries(options, problem); !status)
    return status;
  int64_t used = 0;
  for (int sequence = 0; sequence < problem.sequences(); ++sequence)
    used += neededPages(problem, sequence).count();
  problem.sparse = options.pages == PageOrder::sparse;
  if (!pagesAreKnown)
    problem.pages = problem.sparse ? sparsePages(problem, used) : std::max<int64_t>(used + options.sparePages, 1);
  if (problem.pages > INT32_MAX)
    return wrongInput("the cache has " + std::to_string(problem.pages) + " pages, at most 2147483647 are allowed");
  if (!options.tablesFile.empty())
    return {};
  if (problem.pages < used)
    return wrongInput("key_cache from '" + options.keyFile + "' has " + std::to_string(problem.pages) +
                      " pages, the contexts need " + std::to_string(used));
  placePages(options, problem, used);
  return {};
}

} // namespace pa::run
