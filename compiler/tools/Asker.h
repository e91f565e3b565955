// A compiler that libpa has started ends with the process that asked.
#ifndef PA_COMPILER_TOOLS_ASKER_H
#define PA_COMPILER_TOOLS_ASKER_H

namespace pa {

// From now on the process ends when the other end of standard input, a socket, is closed: libpa only shuts down its
// sending. Anything else as input changes nothing.
void endWithAsker();

} // namespace pa

#endif
