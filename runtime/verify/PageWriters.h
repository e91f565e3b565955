// Which kernel of ours wrote which page of a cache, and how: a reader that takes the page for something else is found
// before it reads. Pages that nobody is known to have written are nobody's business.
#ifndef PA_RUNTIME_VERIFY_PAGEWRITERS_H
#define PA_RUNTIME_VERIFY_PAGEWRITERS_H

#include "runtime/verify/Reader.h"

#include <array>
#include <map>
#include <mutex>

namespace pa::checked {

class PageWriters {
public:
  // A launch has written these places, page * page size + token.
  void wrote(Reader &reader, const std::string &kernel, const VariantCache &shape, const pa_cache &cache,
             const std::vector<int64_t> &places);
  // "" or "was written by kernel 'append' as ..., and is read as ...".
  std::string conflict(Reader &reader, const VariantCache &shape, const pa_cache &cache, int64_t page);

private:
  struct Form { // of a page
    std::string kernel;
    VariantCache shape;
    CachePart keys, values; // their strides inside of a page
  };
  // Some bytes that the writer left tell whether the page is still its own: memory is given to others.
  struct Page {
    size_t form = 0;
    uint64_t address = 0;
    std::array<uint8_t, 16> bytes = {};
  };
  static bool isSame(const Form &one, const Form &other);
  static std::string textOf(const Form &form);
  size_t numberOf(Form form);

  std::mutex mutex;
  std::vector<Form> forms;        // all unlike
  std::map<uint64_t, Page> pages; // by the address of their keys
};

} // namespace pa::checked

#endif
