#include "runtime/verify/PageWriters.h"
#include "runtime/verify/Judge.h"

#include <algorithm>

namespace pa::checked {
namespace {

reference::Strides stridesOf(const CachePart &part) { return {0, part.head, part.token}; }

// Whether two forms have every element of keys (or values) at the same byte of a page.
bool sameOffsets(const VariantCache &one, const reference::Strides &strides, const VariantCache &other,
                 const reference::Strides &otherStrides, bool keys) {
  reference::Shape a = shapeOf(one), b = shapeOf(other);
  auto offset = [keys](const reference::Shape &shape, const reference::Strides &s, int token, int head, int d) {
    return keys ? keyOffset(shape, s, token, head, d) : valueOffset(shape, s, token, head, d);
  };
  for (int head : {0, a.kvHeads - 1})
    for (int token = 0; token < a.pageSize; ++token)
      for (int d = 0; d < (keys ? a.headSize : a.valueHeadSize); ++d)
        if (offset(a, strides, token, head, d) != offset(b, otherStrides, token, head, d))
          return false;
  return true;
}

} // namespace

bool PageWriters::isSame(const Form &one, const Form &other) {
  const VariantCache &a = one.shape, &b = other.shape;
  auto steps = [](const Form &form) {
    return std::array{form.keys.head, form.keys.token, form.values.head, form.values.token};
  };
  // Layouts with other names may still be the same bytes: with one token a page, or one head.
  bool alike = a.layout == b.layout && steps(one) == steps(other);
  return a.cacheType == b.cacheType && a.kvHeads == b.kvHeads && a.pageSize == b.pageSize && a.headSize == b.headSize &&
         a.valueHeadSize == b.valueHeadSize &&
         (a.scales == Scales::token) ==
             (b.scales == Scales::token) && // those the writer makes, others are the caller's
         (alike || (sameOffsets(a, stridesOf(one.keys), b, stridesOf(other.keys), true) &&
                    sameOffsets(a, stridesOf(one.values), b, stridesOf(other.values), false)));
}

std::string PageWriters::textOf(const Form &form) {
  const VariantCache &shape = form.shape;
  std::string text = std::string(toString(shape.cacheType)) + " " + toString(shape.layout) + ", " +
                     std::to_string(shape.pageSize) + " tokens, " + std::to_string(shape.kvHeads) + " heads of " +
                     std::to_string(shape.headSize);
  if (shape.valueHeadSize != shape.headSize)
    text += " and " + std::to_string(shape.valueHeadSize);
  auto strides = [&](const char *name, const CachePart &part) {
    text += std::string(", ") + name + " every " + std::to_string(part.head) + " bytes a head";
    if (shape.isLinear())
      text += " and " + std::to_string(part.token) + " a token";
  };
  strides("keys", form.keys);
  strides("values", form.values);
  return text + ", scales " + toString(shape.scales);
}

size_t PageWriters::numberOf(Form form) {
  auto found = std::find_if(forms.begin(), forms.end(), [&](const Form &known) {
    return known.kernel == form.kernel && known.shape.scales == form.shape.scales &&
           known.shape.layout == form.shape.layout && isSame(known, form);
  });
  if (found == forms.end())
    found = forms.insert(found, std::move(form));
  return size_t(found - forms.begin());
}

void PageWriters::wrote(Reader &reader, const std::string &kernel, const VariantCache &shape, const pa_cache &cache,
                        const std::vector<int64_t> &places) {
  CachePart keys = keysOf(shape, cache);
  std::lock_guard<std::mutex> guard(mutex);
  size_t form = numberOf({kernel, shape, keys, valuesOf(shape, cache)});
  reference::Shape described = shapeOf(shape);
  std::map<int64_t, int64_t> tokens; // one of each page
  for (int64_t place : places)
    tokens[place / shape.pageSize] = place % shape.pageSize;
  for (auto [number, token] : tokens) {
    uint64_t page = keys.address + uint64_t(number * keys.page);
    Page written{form, page + uint64_t(keyOffset(described, stridesOf(keys), int(token), 0, 0)), {}};
    reader.read(written.bytes.data(), written.address, written.bytes.size());
    if (reader.status)
      pages[page] = written;
  }
}

std::string PageWriters::conflict(Reader &reader, const VariantCache &shape, const pa_cache &cache, int64_t page) {
  CachePart keys = keysOf(shape, cache);
  std::lock_guard<std::mutex> guard(mutex);
  auto found = pages.find(keys.address + uint64_t(page * keys.page));
  if (found == pages.end())
    return "";
  const Form &writer = forms[found->second.form], form{"", shape, keys, valuesOf(shape, cache)};
  if (isSame(writer, form))
    return "";
  std::array<uint8_t, 16> bytes;
  reader.read(bytes.data(), found->second.address, bytes.size());
  if (!reader.status || bytes != found->second.bytes) {
    pages.erase(found);
    return "";
  }
  return "was written by kernel '" + writer.kernel + "' as " + textOf(writer) + ", and is read as " + textOf(form);
}

} // namespace pa::checked
