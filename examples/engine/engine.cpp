// A small serving engine on libpa: requests come and go while others are decoded (continuous batching), the cache is
// pages that are taken and given back, and requests that begin with the same tokens share them. One kernel, one launch
// a step. At the end every request's tokens are compared with a float64 model that knows nothing of pages or batches.
//
//   engine [device]       emulated:gfx950 if none is given
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
  size_t cached = 0;    // tokens whose keys and values are in the cache
  size_t published = 0; // pages that others may share

  int tokenAt(size_t position) const {
    return position < tokens.size() ? tokens[position] : draft[position - tokens.size()];
  }
};

class Engine {
public:
  Engine(const std::string &deviceName, const Model &model, int stepTokens)
      : model(model), stepTokens(stepTokens), device(need(pa::Device::open(deviceName))),
        kernel(need(device.request(variant(stepTokens)))) {
    pa_kernel_info info = kernel.info();
    pageBytes = info.page_bytes;
    call.softmax_scale = softmaxScale;
    call.table_width = tableWidth;
    call.query = buffer("query", batchSize * stepTokens * queryElements * sizeof(uint16_t));
    call.output = buffer("output", batchSize * stepTokens * queryElements * sizeof(uint16_t));
    call.key_cache = buffer("keys", pageCount * pageBytes);
    call.value_cache = buffer("values", pageCount * pageBytes);
    call.block_tables = buffer("tables", batchSize * tableWidth * sizeof(int32_t));
    call.context_lens = buffer("lens", batchSize * sizeof(int32_t));
    call.workspace_bytes = need(kernel.workspace(batchSize)).bytes;
    if (call.workspace_bytes)
      call.workspace = buffer("workspace", call.workspace_bytes);
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

  int steps = 0, sharedPages = 0, acceptedDrafts = 0;
  bool allPagesAreBack() const { return pages.available() == pageCount; }

private:
  static pa::Source variant(int stepTokens) {
    return pa::Source::variant(R"({"cache_type": "bf16", "layout": "nhd", "q_heads": 8, "kv_heads": 2, "head_size": 64,
                                   "page_size": 16, "query_tokens": )" +
                               std::to_string(stepTokens) + "}");
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
    running.push_back(std::move(sequence));
  }

  // What a model that sees only the last few tokens would say next.
  void makeDraft(Sequence &sequence) const {
    constexpr size_t seen = 24;
    const std::vector<int> &tokens = sequence.tokens;
    std::vector<int> last(tokens.end() - long(std::min(seen, tokens.size())), tokens.end());
    size_t length = last.size();
    last = generate(model, last, stepTokens - 1);
    sequence.draft.assign(last.begin() + long(length), last.end());
  }

  // Keys and values of tokens and draft that are not in the cache yet. A draft that was wrong is written over.
  void fillCache(Sequence &sequence) {
    for (size_t position = sequence.cached; position < sequence.tokens.size() + sequence.draft.size(); ++position) {
      if (position / pageSize == sequence.pages.size())
        sequence.pages.push_back(pages.take());
      int token = sequence.tokenAt(position);
      uint64_t rowBytes = kvElements * sizeof(uint16_t);
      uint64_t place = sequence.pages[position / pageSize] * pageBytes + position % pageSize * rowBytes;
      need(device.write(call.key_cache + place, model.key(token, int(position)).data(), rowBytes));
      need(device.write(call.value_cache + place, model.value(token, int(position)).data(), rowBytes));
    }
  }

  // The draft's tokens that are right, and the one that follows. Full pages may be shared from now on.
  void accept(Sequence &sequence, const uint16_t *outputs) {
    for (int t = 0; t < stepTokens; ++t) {
      std::vector<float> output;
      for (int e = 0; e < queryElements; ++e)
        output.push_back(fromBf16(outputs[t * queryElements + e]));
      sequence.tokens.push_back(model.choose(output));
      if (t == stepTokens - 1 || sequence.draft[size_t(t)] != sequence.tokens.back())
        break;
      ++acceptedDrafts;
    }
    sequence.draft.clear();
    sequence.cached = sequence.tokens.size() - 1; // the last one's are not there, or are those of a wrong draft
    for (; (sequence.published + 1) * pageSize <= sequence.cached; ++sequence.published)
      pages.publish({sequence.tokens.begin(), sequence.tokens.begin() + long(sequence.published + 1) * pageSize},
                    sequence.pages[sequence.published]);
  }

  // The same call in every step: rows that are not used have no tokens. Only the memory that it reads changes.
  void launch() {
    call.sequences = batchSize;
#ifdef ENGINE_GRAPH
    if (!captured)
      captured = std::make_unique<CapturedLaunch>([&](hipStream_t stream) { need(kernel.decode(call, stream)); });
    captured->replay();
#else
    need(kernel.decode(call));
    need(device.synchronize());
#endif
  }

  // For each running sequence the last token and a draft of the next ones.
  void step() {
    std::vector<int32_t> tables(batchSize * tableWidth, -1), lens(batchSize, 0);
    Row queries;
    for (size_t i = 0; i < running.size(); ++i) {
      Sequence &sequence = running[i];
      makeDraft(sequence);
      fillCache(sequence);
      std::copy(sequence.pages.begin(), sequence.pages.end(), tables.begin() + long(i) * tableWidth);
      size_t length = sequence.tokens.size() + sequence.draft.size();
      lens[i] = int32_t(length);
      for (size_t position = length - size_t(stepTokens); position < length; ++position) {
        Row query = model.query(sequence.tokenAt(position), int(position));
        queries.insert(queries.end(), query.begin(), query.end());
      }
    }
    need(device.write(call.query, queries.data(), queries.size() * sizeof(uint16_t)));
    need(device.write(call.block_tables, tables.data(), tables.size() * sizeof(int32_t)));
    need(device.write(call.context_lens, lens.data(), lens.size() * sizeof(int32_t)));
    launch();
    Row outputs(queries.size());
    need(device.read(outputs.data(), call.output, outputs.size() * sizeof(uint16_t)));
    for (size_t i = 0; i < running.size(); ++i)
      accept(running[i], &outputs[i * size_t(stepTokens) * queryElements]);
    ++steps;
  }

  const Model &model;
  int stepTokens;
  pa::Device device;
  pa::Kernel kernel;
  uint64_t pageBytes = 0;
  pa_decode_call call = {};
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
  Engine engine(argc > 1 ? argv[1] : "emulated:gfx950", model, stepTokens);
  std::vector<std::vector<int>> results = engine.serve(requests);
  int wrong = 0;
  for (size_t r = 0; r < requests.size(); ++r)
    wrong += results[r] != generate(model, requests[r].prompt, requests[r].newTokens);
  std::printf("%zu requests in %d steps, %d drafted tokens right, %d pages shared, %s; %d requests differ from the "
              "float64 model\n",
              requests.size(), engine.steps, engine.acceptedDrafts, engine.sharedPages,
              engine.allPagesAreBack() ? "all pages given back" : "pages lost", wrong);
  return wrong || !engine.sharedPages || !engine.allPagesAreBack() || (stepTokens > 1 && !engine.acceptedDrafts);
}
