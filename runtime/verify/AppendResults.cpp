// A few tokens of an append launch, with all their heads, where they belong in the cache.
#include "runtime/verify/CacheRow.h"
#include "runtime/verify/Expectations.h"
#include "runtime/verify/Judge.h"
#include "runtime/verify/Text.h"
#include "test/reference/CacheWrites.h"

#include <map>

namespace pa::checked {
namespace {

struct Row {
  int token = 0;
  int64_t slot = 0;
  uint32_t head = 0;
  bool keys = true;
  reference::StoredRow stored;
};

class AppendExpectation : public Expectation {
public:
  AppendExpectation(std::string kernel, const AppendVariant &variant, const pa_append_args &args, std::vector<Row> rows,
                    std::vector<int64_t> written)
      : kernel(std::move(kernel)), variant(variant), args(args), rows(std::move(rows)), written(std::move(written)) {}

  Status check(Checking &checking) override {
    Reader reader(checking.device);
    for (const Row &row : rows) {
      HeadPage page(reader, variant, args.cache, row.keys, row.slot / variant.pageSize, row.head);
      if (!reader.status)
        return reader.status;
      if (std::string text = difference(page, row); !text.empty())
        return {ErrorCode::wrongResult, "kernel '" + kernel + "': the result is wrong at " + text};
    }
    checking.writers.wrote(reader, kernel, variant, args.cache, written);
    return reader.status;
  }

private:
  std::string difference(const HeadPage &page, const Row &row) const {
    int place = int(row.slot % variant.pageSize);
    std::string found;
    if (variant.scales == Scales::token && elementBytes(variant.cacheType) == 1)
      found = scaleDiffers(page.scale(place), row.stored.scale);
    for (int d = 0; d < page.size() && found.empty(); ++d)
      found = codeDiffers(typeOf(variant.cacheType), d, page.code(place, d), row.stored.codes[size_t(d)]);
    if (found.empty())
      return "";
    return std::string(row.keys ? "key_cache" : "value_cache") +
           format(", token %d (slot %lld: page %lld, token %d there), head %u, ", row.token, (long long)row.slot,
                  (long long)(row.slot / variant.pageSize), place, row.head) +
           found;
  }

  std::string kernel;
  AppendVariant variant;
  pa_append_args args;
  std::vector<Row> rows;
  std::vector<int64_t> written; // slots
};

// Two tokens for one slot: which of them stays is not said.
Status checkSlots(const std::string &kernel, const std::vector<int64_t> &slots) {
  std::map<int64_t, size_t> taken;
  for (size_t token = 0; token < slots.size(); ++token)
    if (slots[token] >= 0)
      if (auto [other, isNew] = taken.insert({slots[token], token}); !isNew)
        return {ErrorCode::invalidArgument, "kernel '" + kernel + "': slots of tokens " +
                                                std::to_string(other->second) + " and " + std::to_string(token) +
                                                " are both " + std::to_string(slots[token]) +
                                                ", allowed: a slot once in a launch"};
  return {};
}

} // namespace

Expected<std::unique_ptr<Expectation>> expectAppend(Checking &checking, const std::string &kernel,
                                                    const AppendVariant &variant, const pa_append_args &args) {
  Reader reader(checking.device);
  auto slots = reader.read<int64_t>(args.slots, size_t(args.num_tokens));
  if (!reader.status)
    return reader.status.error();
  if (Status status = checkSlots(kernel, slots); !status)
    return status.error();
  std::vector<int> tokens;
  std::vector<int64_t> written;
  for (int token = 0; token < args.num_tokens; ++token)
    if (int64_t slot = slots[size_t(token)]; slot >= 0 && slot / variant.pageSize < args.cache.num_pages) {
      tokens.push_back(token);
      written.push_back(slot);
    }
  reference::Shape shape = shapeOf(variant);
  bool callersScales = variant.scales != Scales::none && variant.scales != Scales::token;
  std::vector<Row> rows;
  for (int chosen : checking.sample.some(int(tokens.size())))
    for (bool keys : {true, false}) {
      int token = tokens[size_t(chosen)], size = keys ? shape.headSize : shape.valueHeadSize;
      uint64_t address = (keys ? args.keys : args.values) +
                         uint64_t(token * (keys ? args.keys_token_stride : args.values_token_stride));
      auto codes = reader.codes(address, size_t(shape.kvHeads) * size_t(size), variant.tokenType);
      for (uint32_t head = 0; head < variant.kvHeads; ++head) {
        Row row{token, slots[size_t(token)], head, keys, {}};
        float scale = 1;
        if (callersScales)
          reader.scales(variant, keys ? keysOf(variant, args.cache) : valuesOf(variant, args.cache),
                        row.slot / variant.pageSize, head, &scale);
        row.stored =
            reference::storeRow(typeOf(variant.tokenType), &codes[size_t(head) * size_t(size)], size, shape, scale);
        rows.push_back(std::move(row));
      }
    }
  if (!reader.status)
    return reader.status.error();
  return std::unique_ptr<Expectation>(
      new AppendExpectation(kernel, variant, args, std::move(rows), std::move(written)));
}

} // namespace pa::checked
