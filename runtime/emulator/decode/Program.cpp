#include "runtime/emulator/decode/Program.h"

#include "runtime/emulator/core/HostState.h"
#include "runtime/emulator/core/State.h"
#include "runtime/emulator/core/Text.h"
#include "runtime/emulator/decode/Binding.h"
#include "runtime/emulator/decode/Disassembler.h"

#include <cstring>

namespace pa::emu {

void runIndexed(Wave &wave, const Inst &inst); // core/HostState.cpp

namespace {

void ranPastEnd(Wave &w, const Inst &i) { faultText(w, i, "ran past the end of the code"); }
void beyondAllocation(Wave &w, const Inst &i) { faultText(w, i, "a register beyond the kernel's allocation"); }
constexpr Row endRow = [] {
  Row r;
  r.name = "(end of code)";
  r.run = ranPastEnd;
  r.kind = Kind::other;
  return r;
}();

struct Decoder {
  const DecodeRequest &request;
  Program &program;
  const Disassembler &disassembler;
  std::vector<std::string> refused;
  bool hasCalls = false, hasIndexing = false;
  // Of the functions that the kernel may call, some are others' with more registers: an instruction beyond this
  // kernel's is an error only if it is reached.
  bool inFunction = false;

  void decode(CodeRange range);
  void decodeOne(uint64_t address, const uint8_t *bytes, const std::string &text, unsigned length);
  void addEnd(uint64_t address);
  void linkBranches();
  void refuseUnderMode();
  void refuse(uint64_t address, const std::string &text, const std::string &why);
};

void Decoder::refuse(uint64_t address, const std::string &text, const std::string &why) {
  constexpr size_t most = 200;
  if (refused.size() < most)
    refused.push_back(format("%s+0x%llx: '%s': %s", request.kernel.c_str(),
                             (unsigned long long)(address - request.entry), text.c_str(), why.c_str()));
}

void Decoder::decodeOne(uint64_t address, const uint8_t *bytes, const std::string &text, unsigned length) {
  ParsedText parsed;
  Inst inst;
  std::string why = parseText(text, parsed);
  BindContext context{request.chip, request.accumOffset, &program.dppTables};
  if (why.empty())
    why = bind(parsed, context, inst);
  if (!why.empty())
    return refuse(address, text, why);
  if (!registersInRange(inst, request.vgprs)) {
    if (!inFunction)
      return refuse(address, text, format("a register beyond the kernel's allocation of %u", request.vgprs));
    inst.run = beyondAllocation;
  }
  if (parsed.mnemonic == "ds_swizzle_b32") {
    uint16_t raw;
    std::memcpy(&raw, bytes, 2);
    inst.offset = raw;
  }
  inst.address = uint32_t(address);
  inst.encodedBytes = uint8_t(length);
  inst.index = uint32_t(program.instructions.size());
  hasCalls |= (inst.row->flags & flag::call) != 0;
  hasIndexing |= (inst.row->flags & flag::indexing) != 0;
  program.indexOf[address] = inst.index;
  program.instructions.push_back(inst);
  program.text.push_back(text);
}

void Decoder::decode(CodeRange range) {
  for (uint64_t address = range.begin; address < range.end;) {
    unsigned length = 4;
    const uint8_t *bytes = request.image + address;
    if (range.end - address < 4) {
      refuse(address, "", "the code's size is not a multiple of 4");
      break;
    }
    std::string text = disassembler.text(bytes, size_t(range.end - address), address, length);
    if (text.empty()) {
      uint32_t word;
      std::memcpy(&word, bytes, 4);
      refuse(address, format("0x%08x", word), "not an instruction of " + request.chip);
    } else {
      decodeOne(address, bytes, text, length);
    }
    address += length;
  }
  addEnd(range.end);
}

void Decoder::addEnd(uint64_t address) {
  Inst end;
  end.row = &endRow;
  end.run = endRow.run;
  end.address = uint32_t(address);
  end.index = uint32_t(program.instructions.size());
  program.instructions.push_back(end);
  program.text.push_back(endRow.name);
}

// Branch distances are printed as unsigned 16 bits and count words from the next instruction.
void Decoder::linkBranches() {
  for (Inst &i : program.instructions) {
    if (!(i.row->flags & flag::branch))
      continue;
    const Operand &distance = i.src[0];
    uint64_t target = uint64_t(i.address) + 4 + uint64_t(int64_t(int16_t(uint16_t(distance.value))) * 4);
    auto found = program.indexOf.find(target);
    if (found == program.indexOf.end())
      refuse(i.address, program.text[i.index], "branches to where no instruction begins");
    else
      i.target = &program.instructions[found->second];
  }
}

// What MODE makes unknown, where the kernel does not set MODE itself: then it is seen as it runs.
void Decoder::refuseUnderMode() {
  for (const Inst &i : program.instructions)
    if (std::string_view(i.row->name).substr(0, 8) == "s_setreg")
      return;
  for (const auto &[address, index] : program.indexOf)
    if (const char *why = unknownUnder(request.mode, program.instructions[index].row->flags))
      refuse(address, program.text[index], why);
}

} // namespace

Result<std::shared_ptr<Program>> decodeProgram(const DecodeRequest &request) {
  auto program = std::make_shared<Program>();
  program->kernel = request.kernel;
  program->entry = request.entry;
  program->accumOffset = request.accumOffset;
  Decoder decoder{request, *program, disassemblerOf(request.chip), request.refused};
  decoder.decode(request.body);
  decoder.refuseUnderMode();
  decoder.inFunction = true;
  if (decoder.hasCalls)
    for (const CodeRange &f : request.functions)
      if (f.begin != request.body.begin)
        decoder.decode(f);
  if (decoder.refused.empty())
    decoder.linkBranches();
  if (decoder.hasIndexing)
    for (Inst &i : program->instructions)
      if (i.row->kind == Kind::valu || i.row->kind == Kind::transcendental)
        i.run = runIndexed;
  program->hasCalls = decoder.hasCalls;
  auto first = program->indexOf.find(request.entry);
  if (decoder.refused.empty() && first == program->indexOf.end())
    decoder.refuse(request.entry, "", "the kernel's entry is not an instruction of its body");
  if (!decoder.refused.empty()) {
    Error e;
    e.kind = ErrorKind::unsupported;
    e.kernel = request.kernel;
    e.message = "kernel '" + request.kernel + "' is not supported:";
    for (const std::string &line : decoder.refused)
      e.message += "\n  " + line;
    return e;
  }
  program->first = first->second;
  return program;
}

} // namespace pa::emu
