// A file's descriptor, closed at the end.
#ifndef PA_RUNTIME_JIT_DESCRIPTOR_H
#define PA_RUNTIME_JIT_DESCRIPTOR_H

#include <unistd.h>
#include <utility>

namespace pa {

class Descriptor {
public:
  explicit Descriptor(int number = -1) : number(number) {}
  Descriptor(Descriptor &&other) noexcept : number(std::exchange(other.number, -1)) {}
  Descriptor &operator=(Descriptor &&other) noexcept {
    std::swap(number, other.number);
    return *this;
  }
  ~Descriptor() { close(); }
  void close() {
    if (number >= 0)
      ::close(std::exchange(number, -1));
  }
  int release() { return std::exchange(number, -1); }
  int get() const { return number; }
  explicit operator bool() const { return number >= 0; }

private:
  int number;
};

} // namespace pa

#endif
