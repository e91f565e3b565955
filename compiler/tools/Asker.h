// A compiler that libpa has started ends with the process that asked.
#ifndef PA_COMPILER_TOOLS_ASKER_H
#define PA_COMPILER_TOOLS_ASKER_H

namespace pa {

// Called when all of the input has been read: from then on the process ends when the other end of standard input, a
// socket, is closed. Until then libpa has only shut down its sending. Anything else as input changes nothing.
void endWithAsker();

} // namespace pa

#endif
