#include "runtime/verify/LaunchReads.h"
#include "pa/merge_abi.h"
#include "runtime/verify/DecodeInputs.h"

#include <algorithm>
#include <set>

namespace pa::checked {
namespace {

// Fields of a call that a kernel only writes, or whose pages are looked at one by one.
const std::set<std::string> notAsAWhole = {"output",
                                           "lse",
                                           "workspace",
                                           "bad_token",
                                           "bad_pair",
                                           "key_cache",
                                           "value_cache",
                                           "key_scales",
                                           "value_scales",
                                           "cache.key_cache",
                                           "cache.value_cache",
                                           "source.key_cache",
                                           "source.value_cache",
                                           "source.key_scales",
                                           "source.value_scales",
                                           "target.key_cache",
                                           "target.value_cache",
                                           "target.key_scales",
                                           "target.value_scales"};

class Reads {
public:
  void add(uint64_t address, uint64_t bytes) {
    if (address && bytes)
      all.push_back({address, bytes});
  }

  void addPage(const VariantCache &shape, const CachePart &part, int64_t page) {
    bool paged = shape.scales == Scales::token || shape.scales == Scales::page;
    for (uint32_t head = 0; head < shape.kvHeads; ++head) {
      add(part.address + uint64_t(page * part.page) + head * uint64_t(part.head), headBytes(shape, part));
      if (paged)
        add(part.scales + uint64_t(page * part.scalePage) + head * uint64_t(part.scaleHead),
            Reader::scalesOfHead(shape) * sizeof(float));
    }
    if (!paged)
      add(part.scales, scaleBytes(shape, part, 1));
  }
  void addPage(const VariantCache &shape, const pa_cache &cache, int64_t page) {
    addPage(shape, keysOf(shape, cache), page);
    addPage(shape, valuesOf(shape, cache), page);
  }

  std::vector<Range> merged() {
    std::sort(all.begin(), all.end(), [](const Range &a, const Range &b) { return a.address < b.address; });
    std::vector<Range> ranges;
    for (const Range &range : all) {
      uint64_t end = range.address + range.bytes;
      if (!ranges.empty() && range.address <= ranges.back().address + ranges.back().bytes)
        ranges.back().bytes = std::max(ranges.back().bytes, end - ranges.back().address);
      else
        ranges.push_back(range);
    }
    return ranges;
  }

private:
  std::vector<Range> all;
};

void addDecode(Device &device, const KernelDescription &description, const pa_decode_args &args, Reads &reads) {
  Reader reader(device);
  auto all = readLengths(reader, description, args);
  if (!all)
    return;
  const Variant &variant = description.variant;
  if (!all->qoIndptr.empty())
    reads.add(args.query, uint64_t(all->qoIndptr.back()) * uint64_t(args.query_token_stride));
  if (!all->kvIndptr.empty())
    reads.add(args.block_tables, uint64_t(all->kvIndptr.back()) * sizeof(int32_t));
  int64_t most = std::min(reader.pagesFrom(variant, keysOf(variant, cacheOf(args))),
                          reader.pagesFrom(variant, valuesOf(variant, cacheOf(args))));
  for (int sequence = 0; sequence < args.num_seqs; ++sequence)
    for (int32_t page : readTable(reader, *all, sequence))
      if (reader.status && page >= 0 && page < most)
        reads.addPage(variant, cacheOf(args), page);
}

void addCopyPages(Device &device, const CopyPagesVariant &variant, const pa_copy_pages_args &args, Reads &reads) {
  Reader reader(device);
  auto pairs = reader.read<int64_t>(args.pairs, variant.pairs ? 2 * size_t(args.num_pairs) : 0);
  for (int64_t pair = 0; pair < args.num_pairs && reader.status; ++pair)
    if (int64_t page = variant.pairs ? pairs[2 * size_t(pair)] : pair; page >= 0 && page < args.source.num_pages)
      reads.addPage(sourceOf(variant), args.source, page);
}

} // namespace

std::vector<Range> readsOf(Device &device, const AnyDescription &any, const void *args) {
  Reads reads;
  for (const Span &span : spansOf(any, args))
    if (!notAsAWhole.count(span.field))
      reads.add(span.address, span.bytes);
  if (auto *decode = std::get_if<KernelDescription>(&any))
    addDecode(device, *decode, *static_cast<const pa_decode_args *>(args), reads);
  else if (auto *copy = std::get_if<CopyPagesVariant>(&std::get<CacheKernelDescription>(any).variant))
    addCopyPages(device, *copy, *static_cast<const pa_copy_pages_args *>(args), reads);
  return reads.merged();
}

} // namespace pa::checked
