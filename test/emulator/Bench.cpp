#include "Bench.h"

#include "Assembler.h"
#include "runtime/emulator/core/HostState.h"
#include "runtime/emulator/decode/Binding.h"
#include "runtime/emulator/decode/Disassembler.h"

#include <memory>
#include <xmmintrin.h>

namespace pa::emu::test {

const std::vector<std::string> bothChips = {"gfx942", "gfx950"};

namespace {
auto rowsIn(std::vector<uint32_t> &storage) {
  storage.resize(512 * lanes + 16);
  void *aligned = storage.data();
  size_t room = storage.size() * sizeof(uint32_t);
  return static_cast<uint32_t (*)[512][lanes]>(std::align(64, room - 64, aligned, room));
}
} // namespace

Bench::Bench(const std::string &chip, unsigned accumOffset)
    : chip(chip), v(*rowsIn(storage)), s(wave.s), accumOffset(accumOffset) {
  wave.v = v;
  wave.group = &group;
  lds.resize(65536);
  wave.lds = lds.data();
  wave.ldsBytes = uint32_t(lds.size());
  setMode(0x3f0); // as LLVM's kernels: nearest even, denormals kept, DX10_CLAMP and IEEE on
  setExec(~0ull);
}

void Bench::setExec(uint64_t mask) {
  wave.setS64(sreg::exec, mask);
  for (unsigned l = 0; l < lanes; ++l)
    wave.execRow[l] = mask >> l & 1 ? ~0u : 0;
}

void Bench::setMode(uint32_t mode) { takeMode(wave, mode); }

std::string Bench::run(const std::string &text) {
  std::string errors;
  std::vector<uint8_t> code = assemble(chip, text, &errors);
  if (code.empty())
    return "LLVM: " + errors;
  return runEncoded(code.data(), code.size());
}

std::string Bench::runEncoded(const uint8_t *code, size_t bytes) {
  Program program;
  program.kernel = "bench";
  ParsedText parsed;
  Inst inst;
  unsigned length = 0;
  std::string line = disassemblerOf(chip).text(code, bytes, 0, length);
  if (line.empty())
    return "not decoded";
  std::string wrong = parseText(line, parsed);
  BindContext context{chip, accumOffset, &program.dppTables};
  if (wrong.empty())
    wrong = bind(parsed, context, inst);
  if (!wrong.empty())
    return "'" + line + "': " + wrong;
  if (parsed.mnemonic == "ds_swizzle_b32") {
    uint16_t raw;
    std::memcpy(&raw, code, 2);
    inst.offset = raw;
  }
  inst.encodedBytes = uint8_t(length);
  // A branch has somewhere to go: where the wave stands anyway is the next one.
  program.instructions.assign(3, inst);
  program.text.assign(3, line);
  program.instructions[0].target = &program.instructions[2];
  Machine machine{*findChip(chip), memory.impl(), program, options, 0};
  wave.machine = &machine;
  wave.status = WaveStatus::running;
  const Inst &i = program.instructions[0];
  wave.pc = &i + 1;
  uint32_t saved = _mm_getcsr();
  _mm_setcsr(wave.mxcsr);
  i.run(wave, i);
  _mm_setcsr(saved);
  jumped = wave.pc != &i + 1;
  wave.machine = nullptr;
  return machine.finding ? machine.finding->message : "";
}

namespace {

template <class T> std::vector<T> filled(std::vector<T> edges, std::mt19937_64 &random, size_t count) {
  while (edges.size() < count)
    edges.push_back(T(random()));
  edges.resize(count);
  return edges;
}

} // namespace

std::vector<uint32_t> interesting32(std::mt19937_64 &random, size_t count) {
  return filled<uint32_t>({0,          1,          2,          31,         32,         33,
                           63,         0x7f,       0x80,       0xff,       0x7fff,     0x8000,
                           0xffff,     0x7fffff,   0x800000,   0xffffff,   0x0d0c0b0a, 0x09080706,
                           0x7ffffffe, 0x7fffffff, 0x80000000, 0x80000001, 0xfffffffe, 0xffffffff},
                          random, count);
}
std::vector<uint64_t> interesting64(std::mt19937_64 &random, size_t count) {
  return filled<uint64_t>({0, 1, 63, 64, 0x7fffffff, 0x80000000, 0xffffffff, 0x100000000, 0x7fffffffffffffff,
                           0x8000000000000000, 0xfffffffffffffffe, 0xffffffffffffffff},
                          random, count);
}
std::vector<uint32_t> interestingF32(std::mt19937_64 &random, size_t count) {
  std::vector<uint32_t> edges = {0x00000000, 0x80000000, 0x00000001, 0x80000001, 0x007fffff, 0x807fffff, 0x00800000,
                                 0x80800000, 0x3f800000, 0xbf800000, 0x3f000000, 0x3fc00000, 0x40490fdb, 0x4b000000,
                                 0x4effffff, 0x4f000000, 0x4f7fffff, 0x4f800000, 0xcf000000, 0x7f7fffff, 0xff7fffff,
                                 0x7f800000, 0xff800000, 0x7fc00000, 0xffc00000, 0x477fe000, 0x477ff000, 0x33800000,
                                 0x33000000, 0x38800000, 0x387fc000};
  // Random numbers of everyday size too: any 32 bits are mostly very large or very small.
  std::normal_distribution<float> ordinary(0, 10);
  while (edges.size() < count / 2 + 16)
    edges.push_back(bits(ordinary(random)));
  return filled(edges, random, count);
}
std::vector<uint64_t> interestingF64(std::mt19937_64 &random, size_t count) {
  std::vector<uint64_t> edges = {0,
                                 1ull << 63,
                                 1,
                                 0x000fffffffffffff,
                                 0x0010000000000000,
                                 0x3ff0000000000000,
                                 0xbff0000000000000,
                                 0x41dfffffffc00000,
                                 0x41e0000000000000,
                                 0x7fefffffffffffff,
                                 0x7ff0000000000000,
                                 0xfff0000000000000,
                                 0x7ff8000000000000,
                                 0x36a0000000000000,
                                 0x47efffffe0000000,
                                 0x47effffff0000000};
  std::normal_distribution<double> ordinary(0, 10);
  while (edges.size() < count / 2 + 8)
    edges.push_back(bits(ordinary(random)));
  return filled(edges, random, count);
}
std::vector<uint16_t> interestingF16(std::mt19937_64 &random, size_t count) {
  return filled<uint16_t>({0, 0x8000, 1, 0x8001, 0x3ff, 0x400, 0x3c00, 0xbc00, 0x3800, 0x7bff, 0xfbff, 0x7c00, 0xfc00,
                           0x7e00, 0xfe00, 0x6400, 0x5bff},
                          random, count);
}

} // namespace pa::emu::test
