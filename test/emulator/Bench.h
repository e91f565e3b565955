// One wave on a test bench: registers and memory to set, an instruction's text to execute, registers to look at.
//
// The text is assembled by LLVM, and goes through the emulator's whole way of decoding: guard, disassembler, printer,
// parser, tables.
#ifndef PA_TEST_EMULATOR_BENCH_H
#define PA_TEST_EMULATOR_BENCH_H

#include "runtime/emulator/core/Machine.h"

#include <functional>
#include <random>

namespace pa::emu::test {

constexpr unsigned lanes = 64;

class Bench {
  std::vector<uint32_t> storage; // first: the registers below lie in it

public:
  explicit Bench(const std::string &chip, unsigned accumOffset = 256);

  // Empty: executed. Else why not (LLVM's refusal, the decoder's, or the wave's fault).
  std::string run(const std::string &text);
  std::string runEncoded(const uint8_t *code, size_t bytes);

  uint64_t v64(unsigned reg, unsigned lane) const { return v[reg][lane] | uint64_t(v[reg + 1][lane]) << 32; }
  void setV64(unsigned reg, unsigned lane, uint64_t x) {
    v[reg][lane] = uint32_t(x);
    v[reg + 1][lane] = uint32_t(x >> 32);
  }
  uint64_t s64(unsigned reg) const { return wave.s64(reg); }
  void setS64(unsigned reg, uint64_t x) { wave.setS64(reg, x); }
  void setExec(uint64_t mask);
  void setMode(uint32_t mode);
  void setScc(bool x) { wave.s[sreg::scc] = x; }
  bool scc() const { return wave.scc(); }

  std::string chip;
  bool jumped = false; // the last instruction did not go on to the next one
  Wave wave;
  uint32_t (&v)[512][lanes];
  uint32_t (&s)[sreg::count];
  Workgroup group;
  Memory memory;
  std::vector<uint8_t> lds;

private:
  unsigned accumOffset;
  RunOptions options;
};

// Values that arithmetic goes wrong on, and random ones.
std::vector<uint32_t> interesting32(std::mt19937_64 &random, size_t count);
std::vector<uint64_t> interesting64(std::mt19937_64 &random, size_t count);
std::vector<uint32_t> interestingF32(std::mt19937_64 &random, size_t count);
std::vector<uint64_t> interestingF64(std::mt19937_64 &random, size_t count);
std::vector<uint16_t> interestingF16(std::mt19937_64 &random, size_t count);

inline float f32(uint32_t x) {
  float f;
  std::memcpy(&f, &x, 4);
  return f;
}
inline double f64(uint64_t x) {
  double f;
  std::memcpy(&f, &x, 8);
  return f;
}
inline uint32_t bits(float f) {
  uint32_t x;
  std::memcpy(&x, &f, 4);
  return x;
}
inline uint64_t bits(double f) {
  uint64_t x;
  std::memcpy(&x, &f, 8);
  return x;
}

// Both chips, or the one that has an instruction.
extern const std::vector<std::string> bothChips;

} // namespace pa::emu::test

#endif
