// PA_LOG=FILE: a line for each kernel that is asked for, appended: where it came from and in what time, or why there is
// none.
#ifndef PA_RUNTIME_JIT_LOG_H
#define PA_RUNTIME_JIT_LOG_H

#include <string>

namespace pa {

bool logIsWanted();
// A line break in the text becomes "; ". A file that cannot be written to is no error: nothing depends on it.
void logLine(std::string text);

} // namespace pa

#endif
