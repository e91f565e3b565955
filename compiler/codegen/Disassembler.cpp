#include "compiler/codegen/Disassembler.h"

#include "llvm/MC/MCAsmInfo.h"
#include "llvm/MC/MCContext.h"
#include "llvm/MC/MCDisassembler/MCDisassembler.h"
#include "llvm/MC/MCInst.h"
#include "llvm/MC/MCInstPrinter.h"
#include "llvm/MC/MCInstrInfo.h"
#include "llvm/MC/MCRegisterInfo.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/MCTargetOptions.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/TargetParser/Triple.h"

#include <mutex>

namespace pa {
namespace {

constexpr unsigned literalField = 255; // "a 32-bit literal follows"

bool fieldIs255(uint32_t word, unsigned shift) { return (word >> shift & 511) == literalField; }
bool anySourceIsLiteral(uint32_t word) { return fieldIs255(word, 0) || fieldIs255(word, 9) || fieldIs255(word, 18); }

// v_mfma_[scale_]f32_..._f8f6f4: the A or B operand of `format` (fp8, bf8: 8 registers; fp6, bf6: 6; fp4: 4).
bool isRegisterOperand(unsigned field, unsigned format) {
  unsigned registers = format <= 1 ? 8 : format <= 3 ? 6 : 4;
  return format <= 4 && field >= 256 && field % 2 == 0 && field - 256 + registers <= 256;
}

bool isSafeVop3(const uint32_t *word) {
  if (anySourceIsLiteral(word[1]))
    return false;
  if ((word[0] & 255) == literalField && (word[0] >> 16 & 1023) < 0x100)
    return false; // scalar destination of a comparison
  if ((word[0] >> 8 & 127) == 127)
    return false; // VOP3B scalar destination
  constexpr uint32_t loadScale = 0xD3AC, mfma16 = 0xD3AD, mfma32 = 0xD3AE;
  const uint32_t *product = word;
  if (word[0] >> 16 == loadScale) {
    product = word + 2;
    if (anySourceIsLiteral(product[1]))
      return false;
  }
  if (product[0] >> 16 == mfma16 || product[0] >> 16 == mfma32)
    return isRegisterOperand(product[1] & 511, product[0] >> 8 & 7) &&
           isRegisterOperand(product[1] >> 9 & 511, product[1] >> 29 & 7);
  return true;
}

bool isSafeSdwa(const uint32_t *word) {
  constexpr uint32_t sdwa = 249;
  bool vop2 = word[0] >> 31 == 0; // VOP1 and VOPC are corners of its encoding
  if (!vop2 || (word[0] & 511) != sdwa)
    return true;
  uint32_t control = word[1];
  bool comparison = word[0] >> 25 == 0x3E;
  if ((control >> 16 & 7) == 7 || (control >> 24 & 7) == 7)
    return false;
  return comparison || ((control >> 8 & 7) != 7 && (control >> 11 & 3) != 3);
}

// False for words that LLVM 22's AMDGPU disassembler dereferences a bad pointer on instead of refusing them.
bool isSafe(const uint32_t *word) {
  switch (word[0] >> 26) {
  case 0x38: // MUBUF
  case 0x3A: // MTBUF
    return word[1] >> 24 != literalField;
  case 0x34: // VOP3, VOP3P
    return isSafeVop3(word);
  default:
    return isSafeSdwa(word);
  }
}

void initializeDisassembler() {
  static std::once_flag once;
  std::call_once(once, [] {
    LLVMInitializeAMDGPUTargetInfo();
    LLVMInitializeAMDGPUTargetMC();
    LLVMInitializeAMDGPUDisassembler();
  });
}

// Splits at commas outside brackets; the last piece's further words are modifiers.
void parse(llvm::StringRef text, Instruction &instruction) {
  auto [mnemonic, arguments] = text.split(' ');
  llvm::StringRef rest = arguments;
  if (!mnemonic.consume_back("_e32"))
    mnemonic.consume_back("_e64");
  instruction.mnemonic = mnemonic.str();
  int depth = 0;
  size_t start = 0;
  auto operand = [&](size_t end, bool last) {
    llvm::StringRef piece = rest.slice(start, end).trim();
    auto [word, more] = piece.split(' ');
    if (!word.empty())
      instruction.operands.push_back(word.str());
    if (last)
      instruction.modifiers = more.trim().str();
  };
  for (size_t i = 0; i < rest.size(); ++i) {
    depth += (rest[i] == '[') - (rest[i] == ']');
    if (rest[i] != ',' || depth != 0)
      continue;
    operand(i, /*last=*/false);
    start = i + 1;
  }
  operand(rest.size(), /*last=*/true);
}

// SOPP branches hold a signed distance in dwords from the next instruction.
std::optional<uint64_t> branchTarget(const Instruction &instruction, const llvm::MCInst &inst) {
  llvm::StringRef mnemonic = instruction.mnemonic;
  if (!mnemonic.starts_with("s_branch") && !mnemonic.starts_with("s_cbranch"))
    return std::nullopt;
  if (inst.getNumOperands() == 0 || !inst.getOperand(0).isImm())
    return std::nullopt;
  auto distance = static_cast<int16_t>(inst.getOperand(0).getImm());
  return instruction.address + instruction.bytes + int64_t(distance) * 4;
}

} // namespace

bool Instruction::hasModifier(llvm::StringRef name) const {
  llvm::SmallVector<llvm::StringRef, 8> words;
  llvm::StringRef(modifiers).split(words, ' ');
  return llvm::is_contained(words, name);
}

struct Disassembler::State {
  std::string chip;
  llvm::MCTargetOptions options;
  std::unique_ptr<llvm::MCRegisterInfo> registers;
  std::unique_ptr<llvm::MCAsmInfo> assembly;
  std::unique_ptr<llvm::MCInstrInfo> instructions;
  std::unique_ptr<llvm::MCSubtargetInfo> subtarget;
  std::unique_ptr<llvm::MCContext> context;
  std::unique_ptr<llvm::MCDisassembler> decoder;
  std::unique_ptr<llvm::MCInstPrinter> printer;
};

Disassembler::Disassembler(std::unique_ptr<State> state) : state(std::move(state)) {}
Disassembler::~Disassembler() = default;

llvm::Expected<std::unique_ptr<Disassembler>> Disassembler::create(const Chip &chip) {
  initializeDisassembler();
  llvm::Triple triple("amdgcn-amd-amdhsa");
  std::string error;
  const llvm::Target *target = llvm::TargetRegistry::lookupTarget(triple, error);
  if (!target)
    return llvm::createStringError("no LLVM target for " + triple.str() + ": " + error);
  auto state = std::make_unique<State>();
  state->chip = chip.name;
  state->registers.reset(target->createMCRegInfo(triple));
  state->assembly.reset(target->createMCAsmInfo(*state->registers, triple, state->options));
  state->instructions.reset(target->createMCInstrInfo());
  state->subtarget.reset(target->createMCSubtargetInfo(triple, chip.name, ""));
  state->context =
      std::make_unique<llvm::MCContext>(triple, state->assembly.get(), state->registers.get(), state->subtarget.get());
  state->decoder.reset(target->createMCDisassembler(*state->subtarget, *state->context));
  state->printer.reset(
      target->createMCInstPrinter(triple, 0, *state->assembly, *state->instructions, *state->registers));
  if (!state->decoder || !state->printer)
    return llvm::createStringError("LLVM has no AMDGPU disassembler");
  return std::unique_ptr<Disassembler>(new Disassembler(std::move(state)));
}

llvm::Expected<std::vector<Instruction>> Disassembler::disassemble(llvm::ArrayRef<uint8_t> code,
                                                                   uint64_t address) const {
  std::vector<Instruction> result;
  for (size_t at = 0; at < code.size();) {
    llvm::ArrayRef<uint8_t> rest = code.drop_front(at);
    uint32_t words[4] = {}; // zero padded at the end
    for (size_t i = 0; i < 4 && i * 4 + 4 <= rest.size(); ++i)
      words[i] = llvm::support::endian::read32le(rest.data() + i * 4);
    auto refuse = [&](const llvm::Twine &why) {
      return llvm::createStringError("no " + state->chip + " instruction at 0x" + llvm::Twine::utohexstr(address + at) +
                                     " (" + llvm::Twine::utohexstr(words[0]) + " " + llvm::Twine::utohexstr(words[1]) +
                                     ")" + why);
    };
    llvm::MCInst inst;
    uint64_t size = 0;
    if (!isSafe(words) ||
        state->decoder->getInstruction(inst, size, rest, address + at, llvm::nulls()) != llvm::MCDisassembler::Success)
      return refuse("");
    Instruction instruction;
    instruction.address = address + at;
    instruction.bytes = size;
    llvm::raw_string_ostream stream(instruction.text);
    state->printer->printInst(&inst, address + at, "", *state->subtarget, stream);
    instruction.text = llvm::StringRef(instruction.text).trim().str();
    // The printer alone says that a register is illegal.
    if (llvm::StringRef(instruction.text).contains("/*"))
      return refuse(": " + instruction.text);
    parse(instruction.text, instruction);
    instruction.target = branchTarget(instruction, inst);
    result.push_back(std::move(instruction));
    at += size;
  }
  return result;
}

} // namespace pa
