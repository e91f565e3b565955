// Every form that a chip decodes: each encoding's opcode field swept through LLVM's disassembler, with samples of
// random operand fields. The denominator of the coverage, and the material of the tests of binding.
#ifndef PA_RUNTIME_EMULATOR_DECODE_SWEEP_H
#define PA_RUNTIME_EMULATOR_DECODE_SWEEP_H

#include <cstdint>
#include <string>
#include <vector>

namespace pa::emu {

struct SweptSample {
  uint32_t words[4];
  unsigned bytes;   // of the instruction
  std::string text; // as LLVM prints it
};

// One mnemonic as one encoding prints it (v_add_f32_e32, v_add_f32_dpp).
struct SweptForm {
  std::string mnemonic; // without the encoding's suffix
  std::string encoding; // VOP2, VOP2 DPP, ...
  std::vector<SweptSample> samples;
};

// Sorted by mnemonic and encoding; the same for the same arguments. `samples` is the most that is kept of a form.
std::vector<SweptForm> sweep(const std::string &chip, unsigned samples);

// Sparse matrix products are counted apart.
bool isSparse(const std::string &mnemonic);

} // namespace pa::emu

#endif
