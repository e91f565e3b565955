// A few pages of a copy, with all their heads and scales.
#include "runtime/verify/CacheRow.h"
#include "runtime/verify/Expectations.h"
#include "runtime/verify/Judge.h"
#include "runtime/verify/Text.h"
#include "test/reference/CacheWrites.h"

namespace pa::checked {
namespace {

struct Copied {
  int pair = 0;
  int64_t source = 0, target = 0;
  uint32_t head = 0;
  bool keys = true;
  HeadPage content; // of the source, before the launch
};

class CopyPagesExpectation : public Expectation {
public:
  CopyPagesExpectation(std::string kernel, const CopyPagesVariant &variant, const pa_copy_pages_args &args,
                       std::vector<Copied> copies, std::vector<int64_t> written)
      : kernel(std::move(kernel)), variant(variant), args(args), copies(std::move(copies)),
        written(std::move(written)) {}

  Status check(Checking &checking) override {
    Reader reader(checking.device);
    for (const Copied &copied : copies) {
      HeadPage target(reader, variant, args.target, copied.keys, copied.target, copied.head);
      if (!reader.status)
        return reader.status;
      for (int token = 0; token < int(variant.pageSize); ++token)
        if (std::string text = difference(target, copied, token); !text.empty())
          return {ErrorCode::wrongResult,
                  "kernel '" + kernel + "': the result is wrong at " +
                      (copied.keys ? "target.key_cache" : "target.value_cache") +
                      format(", pair %d (page %lld to page %lld), head %u, token %d, ", copied.pair,
                             (long long)copied.source, (long long)copied.target, copied.head, token) +
                      text};
    }
    checking.writers.wrote(reader, kernel, variant, args.target, written);
    return reader.status;
  }

private:
  std::string difference(const HeadPage &target, const Copied &copied, int token) const {
    reference::Type from = typeOf(variant.sourceType), to = typeOf(variant.cacheType);
    std::string found;
    if (variant.scales == Scales::token || variant.scales == Scales::page)
      found = scaleDiffers(target.scale(token), reference::convertScale(from, to, copied.content.scale(token)));
    for (int d = 0; d < target.size() && found.empty(); ++d)
      found =
          codeDiffers(to, d, target.code(token, d), reference::convertCode(from, to, copied.content.code(token, d)));
    return found;
  }

  std::string kernel;
  CopyPagesVariant variant;
  pa_copy_pages_args args;
  std::vector<Copied> copies;
  std::vector<int64_t> written; // a place of each page
};

} // namespace

Expected<std::unique_ptr<Expectation>> expectCopyPages(Checking &checking, const std::string &kernel,
                                                       const CopyPagesVariant &variant,
                                                       const pa_copy_pages_args &args) {
  Reader reader(checking.device);
  auto pairs = reader.read<int64_t>(args.pairs, variant.pairs ? 2 * size_t(args.num_pairs) : 0);
  auto page = [&](int pair, int side) { return variant.pairs ? pairs[2 * size_t(pair) + size_t(side)] : pair; };
  if (!reader.status)
    return reader.status.error();
  auto isIn = [](const pa_cache &cache, int64_t number) { return number >= 0 && number < cache.num_pages; };
  std::vector<int64_t> written;
  for (int pair = 0; pair < args.num_pairs; ++pair)
    if (int64_t from = page(pair, 0), to = page(pair, 1); isIn(args.source, from) && isIn(args.target, to)) {
      written.push_back(to * variant.pageSize);
      if (std::string text = checking.writers.conflict(reader, sourceOf(variant), args.source, from); !text.empty())
        return {ErrorCode::invalidArgument,
                "kernel '" + kernel + "': " + format("source page %lld of pair %d, which ", (long long)from, pair) +
                    text};
    }
  std::vector<Copied> copies;
  for (int pair : checking.sample.some(args.num_pairs))
    if (int64_t from = page(pair, 0), to = page(pair, 1); isIn(args.source, from) && isIn(args.target, to))
      for (bool keys : {true, false})
        for (uint32_t head = 0; head < variant.kvHeads; ++head)
          copies.push_back(
              {pair, from, to, head, keys, HeadPage(reader, sourceOf(variant), args.source, keys, from, head)});
  if (!reader.status)
    return reader.status.error();
  return std::unique_ptr<Expectation>(
      new CopyPagesExpectation(kernel, variant, args, std::move(copies), std::move(written)));
}

} // namespace pa::checked
