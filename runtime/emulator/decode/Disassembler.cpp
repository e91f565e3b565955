#include "runtime/emulator/decode/Disassembler.h"

#include "runtime/emulator/decode/Guard.h"

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
#include "llvm/Support/TargetSelect.h"
#include "llvm/Support/raw_ostream.h"

#include <cstring>
#include <map>
#include <mutex>

namespace pa::emu {

struct Disassembler::Impl {
  llvm::MCTargetOptions options;
  std::unique_ptr<llvm::MCRegisterInfo> registers;
  std::unique_ptr<llvm::MCAsmInfo> assembly;
  std::unique_ptr<llvm::MCInstrInfo> instructions;
  std::unique_ptr<llvm::MCSubtargetInfo> subtarget;
  std::unique_ptr<llvm::MCContext> context;
  std::unique_ptr<llvm::MCDisassembler> disassembler;
  std::unique_ptr<llvm::MCInstPrinter> printer;
};

Disassembler::Disassembler(const std::string &chip) : impl(std::make_unique<Impl>()) {
  static std::once_flag once;
  std::call_once(once, [] {
    LLVMInitializeAMDGPUTargetInfo();
    LLVMInitializeAMDGPUTargetMC();
    LLVMInitializeAMDGPUDisassembler();
  });
  llvm::Triple triple("amdgcn-amd-amdhsa");
  std::string error;
  const llvm::Target *target = llvm::TargetRegistry::lookupTarget(triple, error);
  impl->registers.reset(target->createMCRegInfo(triple));
  impl->assembly.reset(target->createMCAsmInfo(*impl->registers, triple, impl->options));
  impl->instructions.reset(target->createMCInstrInfo());
  impl->subtarget.reset(target->createMCSubtargetInfo(triple, chip, ""));
  impl->context =
      std::make_unique<llvm::MCContext>(triple, impl->assembly.get(), impl->registers.get(), impl->subtarget.get());
  impl->disassembler.reset(target->createMCDisassembler(*impl->subtarget, *impl->context));
  impl->printer.reset(target->createMCInstPrinter(triple, 0, *impl->assembly, *impl->instructions, *impl->registers));
}
Disassembler::~Disassembler() = default;

std::string Disassembler::text(const uint8_t *bytes, size_t available, uint64_t address, unsigned &length) const {
  uint32_t words[4] = {};
  std::memcpy(words, bytes, available < sizeof words ? available : sizeof words);
  length = 4;
  if (!isSafeToDecode(words))
    return "";
  llvm::MCInst instruction;
  uint64_t size = 0;
  // Padded: LLVM crashes on a literal that is cut off.
  llvm::ArrayRef<uint8_t> window(reinterpret_cast<const uint8_t *>(words), sizeof words);
  if (impl->disassembler->getInstruction(instruction, size, window, address, llvm::nulls()) !=
          llvm::MCDisassembler::Success ||
      size == 0 || size > available)
    return "";
  length = unsigned(size);
  std::string line;
  llvm::raw_string_ostream stream(line);
  impl->printer->printInst(&instruction, address, "", *impl->subtarget, stream);
  size_t begin = line.find_first_not_of(" \t"), end = line.find_last_not_of(" \t\n");
  if (begin == std::string::npos)
    return "";
  line = line.substr(begin, end - begin + 1);
  for (char &c : line)
    c = c == '\t' ? ' ' : c;
  return line;
}

const Disassembler &disassemblerOf(const std::string &chip) {
  static std::mutex mutex;
  static std::map<std::string, std::unique_ptr<Disassembler>> known;
  std::lock_guard<std::mutex> lock(mutex);
  std::unique_ptr<Disassembler> &d = known[chip];
  if (!d)
    d = std::make_unique<Disassembler>(chip);
  return *d;
}

} // namespace pa::emu
