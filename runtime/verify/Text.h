// printf into a string, for short texts with numbers.
#ifndef PA_RUNTIME_VERIFY_TEXT_H
#define PA_RUNTIME_VERIFY_TEXT_H

#include <cstdio>
#include <string>

namespace pa::checked {

template <class... Values> std::string format(const char *pattern, Values... values) {
  char text[256];
  std::snprintf(text, sizeof text, pattern, values...);
  return text;
}

} // namespace pa::checked

#endif
