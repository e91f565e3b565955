// The generic kernel that copies pages, inside of a cache or to another one. A workgroup does a head of a page.
#include "runtime/generic/Pages.h"

using namespace pa::generic;

namespace {

GENERIC_KERNEL_OF("copy_pages");

struct Pages {
  int64_t from, to;
  uint32_t head;
};

// From fn to fnuz numbers are halved and scales doubled: every finite number of the one is one of the other then.
device float scaleFactor(const Fields &variant) {
  return variant.source.type == fp8E4m3fn && variant.cache.type == fp8E4m3fnuz ? 2 : 1;
}

device uint32_t convert(const Fields &variant, uint32_t code) {
  Type from = variant.source.type, to = variant.cache.type;
  return from == to ? code : encodeAny(to, decodeAny(from, code) / scaleFactor(variant));
}

// `elementOf`: where a number is in a page of a cache, from the head's begin on.
template <class ElementOf>
device void copyPart(const Fields &variant, const Part &source, const Part &target, const Pages &pages, uint32_t size,
                     ElementOf elementOf) {
  uint64_t from = headOf(source, pages.from, pages.head), to = headOf(target, pages.to, pages.head);
  for (uint32_t i = thread(); i < size * variant.cache.pageSize; i += workgroupThreads) {
    uint32_t token = i / size, d = i % size;
    uint32_t code = readCode(variant.source.type, from + elementOf(variant.source, source, token, d));
    writeCode(variant.cache.type, to + elementOf(variant.cache, target, token, d), convert(variant, code));
  }
  uint32_t scales = variant.cache.scales == ofToken ? variant.cache.pageSize : variant.cache.scales == ofPage ? 1 : 0;
  for (uint32_t token = thread(); token < scales; token += workgroupThreads)
    write(scaleAddress(variant.cache, target, pages.to, pages.head, token),
          scaleOf(variant.source, source, pages.from, pages.head, token) * scaleFactor(variant));
}

} // namespace

kernel void copy_pages_generic(pa_copy_pages_args, Fields) {
  const auto &[args, variant] = launched<pa_copy_pages_args>();
  uint32_t pair = workgroup() / variant.cache.heads, head = workgroup() % variant.cache.heads;
  Pages pages = {pair, pair, head};
  if (variant.pairs)
    pages = {read<int64_t>(args.pairs + pair * 16ul), read<int64_t>(args.pairs + pair * 16ul + 8), head};
  // As unsigned numbers, what is below 0 is past the end, too.
  if (uint64_t(pages.from) >= uint64_t(args.source.num_pages) ||
      uint64_t(pages.to) >= uint64_t(args.target.num_pages)) {
    if (thread() == 0)
      noteLowest(args.bad_pair, pair);
    return;
  }
  copyPart(variant, keysOf(args.source), keysOf(args.target), pages, variant.cache.headSize,
           [](const CacheFields &cache, const Part &part, uint32_t token, uint32_t d) {
             return keyElement(cache, part, token, d);
           });
  copyPart(variant, valuesOf(args.source), valuesOf(args.target), pages, variant.cache.valueHeadSize,
           [](const CacheFields &cache, const Part &part, uint32_t token, uint32_t d) {
             return valueElement(cache, part, token, d);
           });
}
