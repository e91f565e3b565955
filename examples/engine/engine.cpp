// A small serving engine on libpa: requests come and go while others are decoded (continuous batching), the cache is
// pages of FP8 that our writer kernel fills, taken and given back, and requests that begin with the same tokens share
// them. Each sequence drafts as many tokens as it has been lucky with lately, so that a step has 1 to 4 of each, of
// which it keeps those that are right. A step is two launches: the new tokens' keys and values into the cache, and
// attention. At the end every request's tokens are compared with a float64 model that knows nothing of pages, batches,
// drafts or FP8.
//
//   engine [device [most tokens of a sequence in a step]]       emulated:gfx950 and 4 if none are given
#include "Model.h"
#include "Pages.h"

#ifdef ENGINE_GRAPH
#include "Graph.h"
#endif

#include <pa/pa.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

constexpr int pageSize = 16, pageCount = 40, tableWidth = 8, batchSize = 4;

// Ends the program with libpa's words if there is no value.
template <class T> T need(pa::Result<T> result) {
  if (!result) {
    std::fprintf(stderr, "engine: %s\n", result.error().text.c_str());
    std::exit(1);
  }
  return std::move(*result);
}

struct Request {
  std::vector<int> prompt;
  int newTokens;
};

// A request that is being served.
struct Sequence {
  size_t request;
  std::vector<int> tokens, draft, pages;
  size_t cached = 0;      // tokens whose keys and values are in the cache
  size_t published = 0;   // pages that others may share
  size_t draftLength = 1; // of the next draft, if a step may have so many

  int tokenAt(size_t position) const {
    return position < tokens.size() ? tokens[position] : draft[position - tokens.size()];
  }
};

class Engine {
public:
  Engine(const std::string &deviceName, const Model &model, int stepTokens)
      : model(model), stepTokens(stepTokens), rows(batchSize * stepTokens), device(need(pa::Device::open(deviceName))),
        writer(kernelOf(R"("op": "append", )" + cacheFields)),
        kernel(kernelOf(cacheFields + R"(, "q_heads": 8, "ragged": true, "query_tokens": )" +
                        std::to_string(stepTokens))) {
    pa_kernel_info info = kernel.info();
    constexpr uint64_t scaleBytes = pageSize * kvHeads * sizeof(float);
    cache.pages = pageCount;
    cache.key_cache = buffer("key cache", pageCount * info.page_bytes);
    cache.value_cache = buffer("value cache", pageCount * info.value_page_bytes);
    cache.key_scales = buffer("key scales", pageCount * scaleBytes);
    cache.value_scales = buffer("value scales", pageCount * scaleBytes);
    append.tokens = rows;
    append.cache = &cache;
    append.keys = buffer("keys", rows * kvElements * sizeof(uint16_t));
    append.values = buffer("values", rows * kvElements * sizeof(uint16_t));
    append.slots = buffer("slots", rows * sizeof(int64_t));
    append.bad_token = buffer("bad token", sizeof(int32_t));
    need(device.fill(append.bad_token, 0xff, sizeof(int32_t)));
    decode.sequences = batchSize;
    decode.softmax_scale = softmaxScale;
    decode.table_width = tableWidth;
    decode.query = buffer("query", rows * queryElements * sizeof(uint16_t));
    decode.output = buffer("output", rows * queryElements * sizeof(uint16_t));
    decode.key_cache = cache.key_cache;
    decode.value_cache = cache.value_cache;
    decode.key_scales = cache.key_scales;
    decode.value_scales = cache.value_scales;
    decode.block_tables = buffer("tables", batchSize * tableWidth * sizeof(int32_t));
    decode.context_lens = buffer("lens", batchSize * sizeof(int32_t));
    decode.qo_indptr = buffer("starts", (batchSize + 1) * sizeof(int32_t));
    decode.workspace_bytes = need(kernel.workspace(batchSize)).bytes;
    if (decode.workspace_bytes)
      decode.workspace = buffer("workspace", decode.workspace_bytes);
  }

  // All requests' tokens, in their order.
  std::vector<std::vector<int>> serve(const std::vector<Request> &requests) {
    std::vector<std::vector<int>> results(requests.size());
    for (size_t next = 0; next < requests.size() || !running.empty();) {
      while (next < requests.size() && running.size() < batchSize && fits(requests[next]))
        admit(requests[next], next), ++next;
      step();
      for (size_t i = running.size(); i-- > 0;) {
        const Request &request = requests[running[i].request];
        if (running[i].tokens.size() < request.prompt.size() + request.newTokens)
          continue;
        running[i].tokens.resize(request.prompt.size() + request.newTokens);
        results[running[i].request] = running[i].tokens;
        for (int page : running[i].pages)
          pages.giveBack(page);
        running.erase(running.begin() + long(i));
      }
    }
    return results;
  }

  int steps = 0, sharedPages = 0, acceptedDrafts = 0, keptTokens[5] = {}; // sequences' steps by how many they kept
  bool allPagesAreBack() const { return pages.available() == pageCount; }
  bool allSlotsWereGood() const {
    int32_t bad = 0;
    need(device.read(&bad, append.bad_token, sizeof bad));
    return bad == -1;
  }

private:
  // The variant's own kernel; where it cannot be compiled the generic one, which is slower and gives the same tokens.
  pa::Kernel kernelOf(const std::string &fields) const {
    pa::Kernel found = need(device.request(pa::Source::variant("{" + fields + "}"), PA_GENERIC));
    if (found.info().generic)
      std::printf("a generic kernel serves: %s\n", found.info().generic_reason);
    return found;
  }
  uint64_t buffer(const char *name, uint64_t bytes) {
    uint64_t address = need(device.allocate(name, bytes));
    need(device.fill(address, 0, bytes));
    return address;
  }

  // Pages for all of it, and for the rest of what is running, so that no sequence has to be stopped.
  bool fits(const Request &request) const {
    return pages.available() >= (running.size() + 1) * tableWidth &&
           request.prompt.size() + request.newTokens + size_t(stepTokens) <= tableWidth * pageSize;
  }

  void admit(const Request &request, size_t index) {
    Sequence sequence;
    sequence.request = index;
    sequence.tokens = request.prompt;
    // Pages that are full of the same tokens are there already. The last token is left: its query is needed.
    while (sequence.cached + pageSize < request.prompt.size()) {
      std::vector<int> beginning(request.prompt.begin(), request.prompt.begin() + long(sequence.cached) + pageSize);
      int page = pages.share(beginning);
      if (page < 0)
        break;
      sequence.pages.push_back(page);
      sequence.cached += pageSize;
      ++sequence.published;
      ++sharedPages;
    }
    prefill(sequence);
    running.push_back(std::move(sequence));
  }

  // Keys and values of all but the last token of the prompt: they are needed, their outputs are not.
  void prefill(Sequence &sequence) {
    NewRows some;
    for (; sequence.cached + 1 < sequence.tokens.size(); ++sequence.cached) {
      add(some, sequence, sequence.cached);
      if (int(some.slots.size()) == rows || sequence.cached + 2 == sequence.tokens.size()) {
        write(some);
        need(writer.append(append));
        need(device.synchronize());
        some = {};
      }
    }
  }

  // What a model that sees only the last few tokens would say next.
  void makeDraft(Sequence &sequence) const {
    constexpr size_t seen = 24;
    const std::vector<int> &tokens = sequence.tokens;
    std::vector<int> last(tokens.end() - long(std::min(seen, tokens.size())), tokens.end());
    size_t length = last.size();
    last = generate(model, last, std::min(int(sequence.draftLength), stepTokens - 1));
    sequence.draft.assign(last.begin() + long(length), last.end());
  }

  // What the writer gets: a row for each new token, and where it goes.
  struct NewRows {
    Row keys, values;
    std::vector<int64_t> slots;
  };

  void add(NewRows &to, Sequence &sequence, size_t position) {
    if (position / pageSize == sequence.pages.size())
      sequence.pages.push_back(pages.take());
    int token = sequence.tokenAt(position);
    Row key = model.key(token, int(position)), value = model.value(token, int(position));
    to.keys.insert(to.keys.end(), key.begin(), key.end());
    to.values.insert(to.values.end(), value.begin(), value.end());
    to.slots.push_back(int64_t(sequence.pages[position / pageSize]) * pageSize + int64_t(position % pageSize));
  }

  // Rows that are not used have no slot.
  void write(NewRows made) {
    made.slots.resize(size_t(rows), -1);
    copyTo(append.keys, made.keys);
    copyTo(append.values, made.values);
    copyTo(append.slots, made.slots);
  }

  template <class T> void copyTo(uint64_t address, const std::vector<T> &content) {
    need(device.write(address, content.data(), content.size() * sizeof(T)));
  }

  // The draft's tokens that are right, and the one that follows. Full pages may be shared from now on.
  void accept(Sequence &sequence, const uint16_t *outputs) {
    size_t kept = 0;
    do {
      std::vector<float> output;
      for (int e = 0; e < queryElements; ++e)
        output.push_back(fromBf16(outputs[kept * queryElements + size_t(e)]));
      sequence.tokens.push_back(model.choose(output));
    } while (kept < sequence.draft.size() && sequence.draft[kept++] == sequence.tokens.back());
    kept = sequence.tokens.size() - 1 - sequence.cached;
    ++keptTokens[kept];
    acceptedDrafts += int(kept) - 1;
    sequence.draftLength = kept;
    sequence.draft.clear();
    sequence.cached = sequence.tokens.size() - 1; // the last one's are not there, or are those of a wrong draft
    for (; (sequence.published + 1) * pageSize <= sequence.cached; ++sequence.published)
      pages.publish({sequence.tokens.begin(), sequence.tokens.begin() + long(sequence.published + 1) * pageSize},
                    sequence.pages[sequence.published]);
  }

  // The same two calls in every step. Only the memory that they read changes.
  void launch() {
#ifdef ENGINE_GRAPH
    if (!captured) {
      need(writer.prepare());
      need(kernel.prepare());
      captured = std::make_unique<CapturedLaunch>([&](hipStream_t stream) {
        need(writer.append(append, stream));
        need(kernel.decode(decode, stream));
      });
    }
    captured->replay();
#else
    need(writer.append(append));
    need(kernel.decode(decode));
    need(device.synchronize());
#endif
  }

  // For each running sequence the last token and a draft of the next ones.
  void step() {
    std::vector<int32_t> tables(batchSize * tableWidth, -1), lens(batchSize, 0), starts(1, 0);
    Row queries;
    NewRows made;
    for (size_t i = 0; i < running.size(); ++i) {
      Sequence &sequence = running[i];
      makeDraft(sequence);
      size_t length = sequence.tokens.size() + sequence.draft.size();
      for (size_t position = sequence.cached; position < length; ++position) {
        add(made, sequence, position);
        Row query = model.query(sequence.tokenAt(position), int(position));
        queries.insert(queries.end(), query.begin(), query.end());
      }
      std::copy(sequence.pages.begin(), sequence.pages.end(), tables.begin() + long(i) * tableWidth);
      lens[i] = int32_t(length);
      starts.push_back(int32_t(made.slots.size()));
    }
    starts.resize(batchSize + 1, starts.back());
    write(made);
    copyTo(decode.query, queries);
    copyTo(decode.block_tables, tables);
    copyTo(decode.context_lens, lens);
    copyTo(decode.qo_indptr, starts);
    launch();
    Row outputs(queries.size());
    need(device.read(outputs.data(), decode.output, outputs.size() * sizeof(uint16_t)));
    for (size_t i = 0; i < running.size(); ++i)
      accept(running[i], &outputs[size_t(starts[i]) * queryElements]);
    ++steps;
  }

  // Of cache and kernels; the scales are made by the writer, one for each token and head.
  static inline const std::string cacheFields =
      R"("cache_type": "fp8_e4m3fn", "scales": "token", "layout": "shuffled", "kv_heads": 2, "head_size": 64,
         "page_size": 16)";
  const Model &model;
  int stepTokens, rows; // rows: new tokens of a step, at most
  pa::Device device;
  pa::Kernel writer, kernel;
  pa::PagedCache cache;
  pa_append_call append = {};
  pa_decode_call decode = {};
  Pages pages{pageCount};
  std::vector<Sequence> running;
#ifdef ENGINE_GRAPH
  std::unique_ptr<CapturedLaunch> captured;
#endif
};

int main(int argc, char **argv) {
  Model model;
  // Seven requests, of which some begin with the same 40 tokens.
  std::vector<int> common;
  for (int i = 0; i < 40; ++i)
    common.push_back((i * 37 + 11) % vocabulary);
  std::vector<Request> requests;
  for (int r = 0; r < 7; ++r) {
    Request request{r % 2 ? std::vector<int>() : common, 6 + 5 * (r % 3)};
    for (int i = 0; i <= 3 * r; ++i)
      request.prompt.push_back((i * 29 + r * 7) % vocabulary);
    requests.push_back(request);
  }

  int stepTokens = argc > 2 ? std::atoi(argv[2]) : 4;
  if (stepTokens < 1 || stepTokens > 4)
    return std::fprintf(stderr, "engine: '%s' tokens in a step, allowed: 1 to 4\n", argv[2]), 1;
  Engine engine(argc > 1 ? argv[1] : "emulated:gfx950", model, stepTokens);
  std::vector<std::vector<int>> results = engine.serve(requests);
  int wrong = 0;
  for (size_t r = 0; r < requests.size(); ++r)
    wrong += results[r] != generate(model, requests[r].prompt, requests[r].newTokens);
  std::printf("%zu requests in %d steps, %d drafted tokens right, %d pages shared, %s; %d requests differ from the "
              "float64 model\n",
              requests.size(), engine.steps, engine.acceptedDrafts, engine.sharedPages,
              engine.allPagesAreBack() ? "all pages given back" : "pages lost", wrong);
  std::printf("a sequence's step kept");
  for (int kept = 1; kept <= stepTokens; ++kept)
    std::printf(" %d: %d times%s", kept, engine.keptTokens[kept], kept < stepTokens ? "," : "\n");
  bool ragged = true;
  for (int kept = 1; kept <= stepTokens; ++kept)
    ragged &= engine.keptTokens[kept] > 0;
  return wrong || !ragged || !engine.sharedPages || !engine.allPagesAreBack() || !engine.allSlotsWereGood();
}
