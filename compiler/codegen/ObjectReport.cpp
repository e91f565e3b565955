#include "compiler/codegen/ObjectReport.h"

#include "llvm/BinaryFormat/AMDGPUMetadataVerifier.h"
#include "llvm/BinaryFormat/ELF.h"
#include "llvm/BinaryFormat/MsgPackDocument.h"
#include "llvm/BinaryFormat/MsgPackReader.h"
#include "llvm/Object/ELF.h"
#include "llvm/Support/AMDHSAKernelDescriptor.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/JSON.h"

#include <optional>

namespace pa {
namespace {

using ElfFile = llvm::object::ELF64LEFile;
using Section = ElfFile::Elf_Shdr;
using Symbol = ElfFile::Elf_Sym;
namespace msgpack = llvm::msgpack;

template <typename... Parts> llvm::Error fail(const Parts &...parts) {
  return llvm::createStringError((llvm::Twine() + ... + parts));
}

struct NamedSymbol {
  std::string name;
  uint64_t address, size;
  unsigned type;
};

// A piece of the file that is mapped at `address`; empty if no section holds all of it.
llvm::Expected<llvm::ArrayRef<uint8_t>> bytesAt(const ElfFile &elf, uint64_t address, uint64_t size) {
  auto sections = elf.sections();
  if (!sections)
    return sections.takeError();
  for (const Section &section : *sections) {
    if (!(section.sh_flags & llvm::ELF::SHF_ALLOC) || section.sh_type == llvm::ELF::SHT_NOBITS)
      continue;
    if (address < section.sh_addr || address - section.sh_addr > section.sh_size ||
        size > section.sh_size - (address - section.sh_addr))
      continue;
    auto content = elf.getSectionContents(section);
    if (!content)
      return content.takeError();
    return content->slice(address - section.sh_addr, size);
  }
  return llvm::ArrayRef<uint8_t>();
}

// .dynsym and .symtab; a stripped object has only the first.
llvm::Expected<std::vector<NamedSymbol>> readSymbols(const ElfFile &elf) {
  auto sections = elf.sections();
  if (!sections)
    return sections.takeError();
  std::vector<NamedSymbol> all;
  for (const Section &section : *sections) {
    if (section.sh_type != llvm::ELF::SHT_DYNSYM && section.sh_type != llvm::ELF::SHT_SYMTAB)
      continue;
    auto symbols = elf.symbols(&section);
    if (!symbols)
      return symbols.takeError();
    auto names = elf.getStringTableForSymtab(section);
    if (!names)
      return names.takeError();
    for (const Symbol &symbol : *symbols) {
      auto name = symbol.getName(*names);
      if (!name)
        return name.takeError();
      all.push_back({name->str(), symbol.st_value, symbol.st_size, symbol.getType()});
    }
  }
  return all;
}

std::optional<NamedSymbol> findSymbol(const std::vector<NamedSymbol> &symbols, llvm::StringRef name) {
  for (const NamedSymbol &symbol : symbols)
    if (symbol.name == name)
      return symbol;
  return std::nullopt;
}

// Whether `blob` is MessagePack whose map keys are all strings: LLVM's Document orders keys and runs into an
// unreachable when one is a container.
bool hasOnlyStringKeys(llvm::StringRef blob) {
  struct Open {
    bool isMap;
    uint64_t left; // elements to come, keys and values each
  };
  std::vector<Open> open;
  msgpack::Reader reader(blob);
  msgpack::Object object;
  do {
    llvm::Expected<bool> more = reader.read(object);
    if (!more) {
      llvm::consumeError(more.takeError());
      return false;
    }
    if (!*more)
      return false;
    if (!open.empty()) {
      bool isKey = open.back().isMap && open.back().left % 2 == 0;
      if (isKey && object.Kind != msgpack::Type::String)
        return false;
      --open.back().left;
    }
    if (object.Kind == msgpack::Type::Map)
      open.push_back({true, uint64_t(object.Length) * 2});
    if (object.Kind == msgpack::Type::Array)
      open.push_back({false, object.Length});
    while (!open.empty() && open.back().left == 0)
      open.pop_back();
  } while (!open.empty());
  return true;
}

llvm::Error readMetadata(const ElfFile &elf, msgpack::Document &document) {
  auto sections = elf.sections();
  if (!sections)
    return sections.takeError();
  for (const Section &section : *sections) {
    if (section.sh_type != llvm::ELF::SHT_NOTE)
      continue;
    llvm::Error error = llvm::Error::success();
    for (const auto &note : elf.notes(section, error)) {
      if (note.getName() != "AMDGPU" || note.getType() != llvm::ELF::NT_AMDGPU_METADATA)
        continue;
      llvm::consumeError(std::move(error));
      llvm::StringRef blob = note.getDescAsStringRef(section.sh_addralign);
      if (!hasOnlyStringKeys(blob) || !document.readFromBlob(blob, /*Multi=*/false))
        return fail("the AMDGPU metadata note is not MessagePack");
      llvm::AMDGPU::HSAMD::V3::MetadataVerifier verifier(/*Strict=*/true);
      if (!verifier.verify(document.getRoot()))
        return fail("the AMDGPU metadata note does not describe kernels");
      return llvm::Error::success();
    }
    if (error)
      return error;
  }
  return fail("no AMDGPU metadata note");
}

unsigned number(msgpack::MapDocNode &kernel, llvm::StringRef key) {
  auto entry = kernel.find(key);
  return entry != kernel.end() && entry->second.getKind() == msgpack::Type::UInt ? entry->second.getUInt() : 0;
}

// What the verifier has checked: the keys exist and are of the right kind.
KernelReport readKernelMetadata(msgpack::MapDocNode kernel) {
  KernelReport report;
  report.name = kernel[".name"].getString().str();
  report.agprs = number(kernel, ".agpr_count");
  report.vgprs = number(kernel, ".vgpr_count");
  // With AGPRs in use, LLVM's count is of both, the VGPRs rounded up to 4 (SIProgramInfo, gfx90a and later).
  if (report.agprs > 0 && report.vgprs >= report.agprs)
    report.vgprs -= report.agprs;
  report.sgprs = number(kernel, ".sgpr_count");
  report.vgprSpills = number(kernel, ".vgpr_spill_count");
  report.sgprSpills = number(kernel, ".sgpr_spill_count");
  report.ldsBytes = number(kernel, ".group_segment_fixed_size");
  report.scratchBytes = number(kernel, ".private_segment_fixed_size");
  report.kernargBytes = number(kernel, ".kernarg_segment_size");
  report.waveSize = number(kernel, ".wavefront_size");
  report.maxWorkgroupSize = number(kernel, ".max_flat_workgroup_size");
  return report;
}

llvm::Error readDescriptor(const ElfFile &elf, const std::vector<NamedSymbol> &symbols, llvm::StringRef descriptorName,
                           KernelReport &kernel) {
  namespace hsa = llvm::amdhsa;
  std::optional<NamedSymbol> symbol = findSymbol(symbols, descriptorName);
  if (!symbol)
    return fail("kernel '", kernel.name, "' has no descriptor '", descriptorName, "'");
  auto bytes = bytesAt(elf, symbol->address, sizeof(hsa::kernel_descriptor_t));
  if (!bytes)
    return bytes.takeError();
  if (bytes->empty())
    return fail("the descriptor '", descriptorName, "' lies outside the file");
  using namespace llvm::support::endian;
  int64_t entry = read64le(bytes->data() + hsa::KERNEL_CODE_ENTRY_BYTE_OFFSET_OFFSET);
  uint32_t rsrc1 = read32le(bytes->data() + hsa::COMPUTE_PGM_RSRC1_OFFSET);
  kernel.allocatedRegisters = (AMDHSA_BITS_GET(rsrc1, hsa::COMPUTE_PGM_RSRC1_GRANULATED_WORKITEM_VGPR_COUNT) + 1) * 8;
  kernel.address = symbol->address + entry;

  for (const NamedSymbol &function : symbols) {
    if (function.address != kernel.address || function.type != llvm::ELF::STT_FUNC || function.size == 0)
      continue;
    auto code = bytesAt(elf, function.address, function.size);
    if (!code)
      return code.takeError();
    kernel.code = *code;
  }
  if (kernel.code.empty())
    return fail("the code of kernel '", kernel.name, "' lies outside the file");
  return llvm::Error::success();
}

/// How many workgroups a CU a persistent grid has, by the object's description; none if that does not say.
std::optional<unsigned> launchedPerCu(llvm::StringRef description) {
  llvm::Expected<llvm::json::Value> json = llvm::json::parse(description);
  if (!json) {
    llvm::consumeError(json.takeError());
    return std::nullopt;
  }
  const llvm::json::Object *object = json->getAsObject();
  const llvm::json::Object *launch = object ? object->getObject("launch") : nullptr;
  if (!launch || launch->getString("grid") != "persistent")
    return std::nullopt;
  return launch->getInteger("workgroups_per_cu");
}

/// What a CU has room for, and no more than are launched.
void addOccupancy(const ObjectReport &report, KernelReport &kernel) {
  constexpr unsigned lanes = 64;
  kernel.wavesPerWorkgroup = (std::max(kernel.maxWorkgroupSize, 1u) + lanes - 1) / lanes;
  kernel.workgroupsPerCu =
      report.chip->workgroupsPerCu(kernel.wavesPerWorkgroup, kernel.allocatedRegisters, kernel.ldsBytes);
  if (auto launched = launchedPerCu(report.variant))
    kernel.workgroupsPerCu = std::min(kernel.workgroupsPerCu, *launched);
}

llvm::Error checkHeader(const ElfFile &elf, ObjectReport &report) {
  const auto &header = elf.getHeader();
  if (header.e_machine != llvm::ELF::EM_AMDGPU)
    return fail("not an AMDGPU code object: ELF machine ", llvm::Twine(unsigned(header.e_machine)), ", expected ",
                llvm::Twine(unsigned(llvm::ELF::EM_AMDGPU)));
  if (header.e_ident[llvm::ELF::EI_OSABI] != llvm::ELF::ELFOSABI_AMDGPU_HSA || header.e_type != llvm::ELF::ET_DYN)
    return fail("not a linked code object for the HSA loader");
  uint32_t mach = header.e_flags & llvm::ELF::EF_AMDGPU_MACH;
  report.chip = findChipByElfMach(mach);
  if (!report.chip)
    return fail("code object for another chip: e_flags say machine 0x", llvm::Twine::utohexstr(mach), ", known are ",
                knownChips());
  // ELFABIVERSION_AMDGPU_HSA_V4 is 2, V5 is 3, V6 is 4.
  report.codeObjectVersion = header.e_ident[llvm::ELF::EI_ABIVERSION] + 2;
  return llvm::Error::success();
}

llvm::Error readVariant(const ElfFile &elf, ObjectReport &report) {
  auto sections = elf.sections();
  if (!sections)
    return sections.takeError();
  for (const Section &section : *sections) {
    auto name = elf.getSectionName(section);
    if (!name)
      return name.takeError();
    if (*name != ".pa.variant")
      continue;
    auto content = elf.getSectionContents(section);
    if (!content)
      return content.takeError();
    llvm::StringRef text(reinterpret_cast<const char *>(content->data()), content->size());
    report.variant = text.rtrim('\0').str();
  }
  return llvm::Error::success();
}

llvm::Error readKernels(const ElfFile &elf, ObjectReport &report) {
  msgpack::Document document;
  if (llvm::Error error = readMetadata(elf, document))
    return error;
  auto symbols = readSymbols(elf);
  if (!symbols)
    return symbols.takeError();
  for (msgpack::DocNode &node : document.getRoot().getMap()["amdhsa.kernels"].getArray()) {
    KernelReport kernel = readKernelMetadata(node.getMap());
    if (llvm::Error error = readDescriptor(elf, *symbols, node.getMap()[".symbol"].getString(), kernel))
      return error;
    addOccupancy(report, kernel);
    report.kernels.push_back(std::move(kernel));
  }
  return llvm::Error::success();
}

llvm::Error readAll(llvm::StringRef bytes, ObjectReport &report) {
  if (!bytes.starts_with("\177ELF"))
    return fail("not an ELF file");
  if (bytes.size() < 5 || bytes[llvm::ELF::EI_CLASS] != llvm::ELF::ELFCLASS64)
    return fail("not a 64-bit ELF file");
  auto elf = ElfFile::create(bytes);
  if (!elf)
    return elf.takeError();
  if (llvm::Error error = checkHeader(*elf, report))
    return error;
  if (llvm::Error error = readVariant(*elf, report))
    return error;
  return readKernels(*elf, report);
}

} // namespace

llvm::Expected<ObjectReport> readCodeObject(llvm::MemoryBufferRef object) {
  ObjectReport report;
  report.fileBytes = object.getBufferSize();
  if (llvm::Error error = readAll(object.getBuffer(), report))
    return std::move(error);
  return report;
}

} // namespace pa
