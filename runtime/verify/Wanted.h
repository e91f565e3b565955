// What PA_VERIFY asks for.
#ifndef PA_RUNTIME_VERIFY_WANTED_H
#define PA_RUNTIME_VERIFY_WANTED_H

#include "runtime/device/Status.h"

#include <string_view>

namespace pa::checked {

struct Wanted {
  bool pointers = false; // every address of a call lies in an allocation that is large enough
  bool results = false;  // a sample of what a launch wrote is what the reference says
};

// A list with commas; an unknown word is an error.
Expected<Wanted> parseWanted(std::string_view words);

} // namespace pa::checked

#endif
