#include "runtime/jit/Identity.h"
#include "Identity.inc"

const char *pa::compilerIdentity() { return PA_IDENTITY; }
