// How many compilers this process runs at once: an engine that asks for a hundred kernels is not to start a hundred.
#ifndef PA_RUNTIME_JIT_TURNS_H
#define PA_RUNTIME_JIT_TURNS_H

namespace pa {

// From PA_JIT_PROCESSES, else the host's threads; at least 1.
unsigned mostCompilers();

// Waits for its turn, and has it for its life.
class Turn {
public:
  Turn();
  ~Turn();
  Turn(const Turn &) = delete;
};

} // namespace pa

#endif
