// Every name as a weak call that refuses and says which it is; the other files define those that are implemented. C,
// without HIP's headers: only the return value matters, and a call with other parameters is the same at this level.
int pa_hip_unsupported(const char *name);

#define HIP(version, name)                                                                                             \
  int name(void);                                                                                                      \
  __attribute__((weak)) int name(void) { return pa_hip_unsupported(#name); }

// hipRTC has no code for it: HIPRTC_ERROR_INTERNAL_ERROR.
#define HIPRTC(version, name)                                                                                          \
  int name(void);                                                                                                      \
  __attribute__((weak)) int name(void) {                                                                               \
    pa_hip_unsupported(#name);                                                                                         \
    return 11;                                                                                                         \
  }

#include "runtime/hip/Names.inc"
