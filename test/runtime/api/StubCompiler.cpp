// A compiler's library whose reply is none.
#include <cstddef>

extern "C" int pa_compiler_compile(const char *, size_t, const char *, const char *,
                                   void (*take)(void *, const char *, size_t), void *context) {
  take(context, "?", 1);
  return 0;
}
