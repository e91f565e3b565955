// How many compilers this process runs at once: an engine that asks for a hundred kernels is not to start a hundred.
#ifndef PA_RUNTIME_JIT_TURNS_H
#define PA_RUNTIME_JIT_TURNS_H

namespace pa {

// Waits until fewer than `most` run, and is one of them for its life.
class Turn {
public:
  explicit Turn(unsigned most);
  ~Turn();
  Turn(const Turn &) = delete;
};

} // namespace pa

#endif
