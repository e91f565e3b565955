#include "runtime/verify/DecodeInputs.h"
#include "runtime/verify/Judge.h"
#include "runtime/verify/Text.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>

namespace pa::checked {
namespace {

Error wrongInput(const DecodeInputs &all, const std::string &text) {
  return {ErrorCode::invalidArgument, "kernel '" + all.description->kernel + "': " + text, {}};
}

std::string of(const char *tensor, int64_t index, int64_t value) {
  return tensor + format("[%lld] is %lld", (long long)index, (long long)value);
}

Status checkIndptr(const DecodeInputs &all, const char *name, const std::vector<int32_t> &indptr) {
  int bad = indptr.empty() ? -1 : reference::findDecrease(indptr.data(), all.args.num_seqs);
  if (bad < 0)
    return {};
  return wrongInput(all, of(name, bad, indptr[size_t(bad)]) + ", allowed: at least " +
                             std::to_string(bad ? indptr[size_t(bad) - 1] : 0));
}

Status checkLengths(const DecodeInputs &all) {
  if (Status status = checkIndptr(all, "kv_indptr", all.kvIndptr); !status)
    return status;
  if (Status status = checkIndptr(all, "qo_indptr", all.qoIndptr); !status)
    return status;
  for (int sequence = 0; sequence < all.args.num_seqs; ++sequence) {
    auto at = size_t(sequence);
    int tokens = queryTokens(all.shape, all.inputs(), sequence), most = int(all.variant().queryTokens);
    if (tokens > most)
      return wrongInput(all, of("qo_indptr", sequence + 1, all.qoIndptr[at + 1]) + ", allowed: at most " +
                                 std::to_string(most) + " tokens of a sequence, which begins at " +
                                 std::to_string(all.qoIndptr[at]));
    bool pages = !all.kvIndptr.empty() && all.kvIndptr[at + 1] > all.kvIndptr[at];
    if (pages && (all.contextLens[at] < 1 || all.contextLens[at] > all.shape.pageSize))
      return wrongInput(all, of("context_lens", sequence, all.contextLens[at]) + ", allowed: 1 to " +
                                 std::to_string(all.shape.pageSize) + ", the tokens of a last page");
  }
  return {};
}

// The pages of a sequence that any of its tokens sees.
struct Pages {
  int first = 0, end = 0;
};
Pages neededPages(const DecodeInputs &all, int sequence) {
  reference::KeyRange keys = neededKeys(all.shape, all.inputs(), sequence);
  if (keys.count() <= 0)
    return {};
  int page = all.shape.pageSize;
  return {keys.first / page, (keys.end + page - 1) / page};
}

std::vector<int32_t> readPages(Reader &reader, const DecodeInputs &all, int sequence, Pages pages) {
  uint64_t first = entryIndex(all.inputs(), sequence, pages.first);
  return reader.read<int32_t>(all.args.block_tables + first * sizeof(int32_t), size_t(pages.end - pages.first));
}

} // namespace

reference::Inputs DecodeInputs::inputs() const {
  reference::Inputs inputs;
  inputs.contextLens = contextLens.data();
  inputs.kvIndptr = kvIndptr.empty() ? nullptr : kvIndptr.data();
  inputs.qoIndptr = qoIndptr.empty() ? nullptr : qoIndptr.data();
  inputs.sequences = args.num_seqs;
  inputs.tableWidth = args.table_width;
  return inputs;
}

Expected<DecodeInputs> readLengths(Reader &reader, const KernelDescription &description, const pa_decode_args &args) {
  DecodeInputs all{&description, args, shapeOf(description.variant), {}, {}, {}};
  auto sequences = size_t(args.num_seqs);
  all.contextLens = reader.read<int32_t>(args.context_lens, sequences);
  if (args.kv_indptr)
    all.kvIndptr = reader.read<int32_t>(args.kv_indptr, sequences + 1);
  if (args.qo_indptr)
    all.qoIndptr = reader.read<int32_t>(args.qo_indptr, sequences + 1);
  if (!reader.status)
    return reader.status.error();
  if (Status status = checkLengths(all); !status)
    return status.error();
  return all;
}

std::vector<int32_t> readTable(Reader &reader, const DecodeInputs &all, int sequence) {
  return readPages(reader, all, sequence, neededPages(all, sequence));
}

// A page number outside of the cache is the commonest cause of a fault that names nothing.
Status checkTables(Reader &reader, PageWriters &writers, const DecodeInputs &all) {
  pa_cache cache = cacheOf(all.args);
  int64_t most = std::min(reader.pagesFrom(all.variant(), keysOf(all.variant(), cache)),
                          reader.pagesFrom(all.variant(), valuesOf(all.variant(), cache)));
  std::string allowed = most == INT64_MAX
                            ? "0 and above"
                            : "0 to " + std::to_string(most - 1) + ", the pages that the caches' allocations hold";
  for (int sequence = 0; sequence < all.args.num_seqs; ++sequence) {
    Pages pages = neededPages(all, sequence);
    std::vector<int32_t> table = readPages(reader, all, sequence, pages);
    for (size_t i = 0; i < table.size() && reader.status; ++i) {
      auto refused = [&](const std::string &why) {
        return wrongInput(all, format("block_tables has %d for page %lld of sequence %d, ", table[i],
                                      (long long)i + pages.first, sequence) +
                                   why);
      };
      if (table[i] < 0 || table[i] >= most)
        return refused("allowed: " + allowed);
      if (std::string text = writers.conflict(reader, all.variant(), cache, table[i]); !text.empty())
        return refused("which " + text);
    }
  }
  return reader.status;
}

DecodeItem readDecodeItem(Reader &reader, const DecodeInputs &all, int sequence, int kvHead) {
  const Variant &variant = all.variant();
  const pa_decode_args &args = all.args;
  DecodeItem item;
  item.sequence = sequence;
  item.kvHead = kvHead;
  item.tokens = queryTokens(all.shape, all.inputs(), sequence);
  item.firstToken = firstToken(all.shape, all.inputs(), sequence);
  item.context = contextOf(all.shape, all.inputs(), sequence);
  item.shape = all.shape;
  item.shape.kvHeads = 1;
  item.shape.queryHeads = all.shape.group();
  item.shape.queryTokens = item.tokens;
  item.softmaxScale = args.softmax_scale;
  item.softCap = variant.softCap ? args.soft_cap : 0;
  item.outputScale = isFp8(variant.outputType) ? args.output_scale : 1;

  size_t group = variant.group(), firstHead = size_t(kvHead) * group, row = group * variant.headSize;
  for (int token = 0; token < item.tokens; ++token) {
    uint64_t address = args.query + uint64_t((item.firstToken + token) * args.query_token_stride) +
                       firstHead * variant.headSize * elementBytes(variant.queryType);
    auto codes = reader.codes(address, row, variant.queryType);
    item.query.insert(item.query.end(), codes.begin(), codes.end());
  }
  if (args.alibi_slopes)
    item.slopes = reader.read<float>(args.alibi_slopes + firstHead * sizeof(float), group);
  if (args.sinks)
    item.sinks = reader.read<float>(args.sinks + firstHead * sizeof(float), group);

  Pages needed = neededPages(all, sequence);
  item.firstPage = needed.first;
  item.pages = readPages(reader, all, sequence, needed);
  item.table.resize(size_t(needed.end), -1); // what lies before a window is no page
  std::iota(item.table.begin() + needed.first, item.table.end(), 0);
  pa_cache cache = cacheOf(args);
  size_t scales = variant.scales == Scales::none ? 0 : Reader::scalesOfHead(variant), pages = item.pages.size();
  auto load = [&](const CachePart &part, std::vector<uint8_t> &bytes, std::vector<float> &ofPages) {
    size_t pageBytes = size_t(variant.pageSize) * part.headSize * elementBytes(variant.cacheType);
    bytes.resize(pages * pageBytes);
    ofPages.resize(pages * scales);
    for (size_t i = 0; i < pages; ++i) {
      reader.head(variant, part, item.pages[i], uint32_t(kvHead), &bytes[i * pageBytes]);
      if (scales)
        reader.scales(variant, part, item.pages[i], uint32_t(kvHead), &ofPages[i * scales]);
    }
  };
  load(keysOf(variant, cache), item.keys, item.keyScales);
  load(valuesOf(variant, cache), item.values, item.valueScales);
  return item;
}

reference::Inputs DecodeItem::inputs() const {
  auto orNull = [](const auto &vector) { return vector.empty() ? nullptr : vector.data(); };
  reference::Inputs inputs;
  inputs.query = query.data();
  inputs.keyCache = keys.data();
  inputs.valueCache = values.data();
  inputs.keys = denseKeys(shape);
  inputs.values = denseValues(shape);
  inputs.keyScales = orNull(keyScales);
  inputs.valueScales = orNull(valueScales);
  inputs.keyScaleStrides = inputs.valueScaleStrides = denseScales(shape);
  inputs.blockTables = table.data();
  inputs.contextLens = &context;
  inputs.sequences = 1;
  inputs.tableWidth = (context + shape.pageSize - 1) / shape.pageSize;
  inputs.pages = int64_t(pages.size());
  inputs.softmaxScale = softmaxScale;
  inputs.softCap = softCap;
  inputs.alibiSlopes = orNull(slopes);
  inputs.sinks = orNull(sinks);
  inputs.outputScale = outputScale;
  return inputs;
}

namespace {

std::string placeInCache(const DecodeItem &item, const char *tensor, int position) {
  int page = position / item.shape.pageSize;
  return tensor + format(", position %d (page %d, token %d there)", position, item.pages[size_t(page - item.firstPage)],
                         position % item.shape.pageSize);
}

// Of keys or of values.
std::string notFiniteIn(const DecodeItem &item, bool keys, const std::vector<double> &decoded) {
  const reference::Shape &shape = item.shape;
  reference::Inputs inputs = item.inputs();
  reference::KeyRange needed = neededKeys(shape, inputs, 0);
  const uint8_t *pool = keys ? inputs.keyCache : inputs.valueCache;
  const float *scales = keys ? inputs.keyScales : inputs.valueScales;
  for (int position = needed.first; position < needed.end; ++position) {
    int token = position % shape.pageSize;
    int64_t page = item.table[size_t(position / shape.pageSize)];
    for (int d = 0; d < (keys ? shape.headSize : shape.valueHeadSize); ++d) {
      const uint8_t *at =
          pool + page * (keys ? inputs.keys : inputs.values).page +
          (keys ? keyOffset(shape, inputs.keys, token, 0, d) : valueOffset(shape, inputs.values, token, 0, d));
      uint16_t code = *at;
      if (shape.cacheBytes() == 2)
        std::memcpy(&code, at, sizeof code);
      if (!std::isfinite(decoded[code]))
        return placeInCache(item, keys ? "key_cache" : "value_cache", position) + format(", d %d", d);
    }
    if (scales && !std::isfinite(scales[scaleOffset(shape, inputs.keyScaleStrides, page, token, 0) / 4]))
      return placeInCache(item, keys ? "key_scales" : "value_scales", position);
  }
  return "";
}

} // namespace

std::string firstNotFinite(const DecodeItem &item) {
  const reference::Shape &shape = item.shape;
  std::vector<double> decoded = reference::decodeTable(shape.queryType);
  for (size_t i = 0; i < item.query.size(); ++i)
    if (!std::isfinite(decoded[item.query[i]])) {
      size_t row = i / size_t(shape.headSize);
      return format("query, token %d, head %d, d %d", int(row / size_t(shape.queryHeads)),
                    int(row % size_t(shape.queryHeads)) + item.kvHead * shape.queryHeads,
                    int(i % size_t(shape.headSize)));
    }
  for (const auto &[name, numbers] : {std::pair{"alibi_slopes", &item.slopes}, {"sinks", &item.sinks}})
    for (size_t i = 0; i < numbers->size(); ++i)
      if (!((*numbers)[i] < std::numeric_limits<float>::infinity())) // minus infinity: no sink
        return name + format(", head %d", int(i) + item.kvHead * shape.queryHeads);
  decoded = reference::decodeTable(shape.cacheType);
  std::string found = notFiniteIn(item, true, decoded);
  return found.empty() ? notFiniteIn(item, false, decoded) : found;
}

} // namespace pa::checked
