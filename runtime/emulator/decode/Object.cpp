#include "runtime/emulator/decode/Object.h"

#include "runtime/emulator/core/Text.h"
#include "runtime/emulator/decode/Metadata.h"

#include "llvm/BinaryFormat/ELF.h"

#include <algorithm>
#include <cstring>

// Read by hand rather than through llvm::object: every offset of a hostile file is checked here, in one way.
namespace pa::emu {
namespace {

namespace elf = llvm::ELF;

struct Failure {
  std::string text;
};

// Objects of kernels are megabytes; this only keeps a hostile header from reserving the host's memory.
constexpr uint64_t mostImageBytes = 1ull << 30;

class Reader {
public:
  Reader(const uint8_t *data, size_t bytes) : data(data), bytes(bytes) {}

  bool holds(uint64_t offset, uint64_t size) const { return offset <= bytes && size <= bytes - offset; }
  template <class T> bool read(uint64_t offset, T &value) const {
    if (!holds(offset, sizeof value))
      return false;
    std::memcpy(&value, data + offset, sizeof value);
    return true;
  }
  const uint8_t *at(uint64_t offset) const { return data + offset; }
  size_t size() const { return bytes; }

private:
  const uint8_t *data;
  size_t bytes;
};

struct Parser {
  Reader file;
  ObjectFile object;
  std::string error;
  elf::Elf64_Ehdr header{};
  std::vector<elf::Elf64_Shdr> sections;
  std::vector<elf::Elf64_Phdr> segments;

  bool fail(std::string text) {
    if (error.empty())
      error = std::move(text);
    return false;
  }
  bool readHeader();
  bool readSections();
  bool readImage();
  bool readSymbols();
  bool readSymbolTable(const elf::Elf64_Shdr &table);
  bool addKernel(const std::string &name, uint64_t address);
  bool readRelocations();
  bool readMetadata();
  bool readNotes(uint64_t offset, uint64_t size);
  std::optional<std::string> stringAt(const elf::Elf64_Shdr &table, uint64_t offset) const;
  const elf::Elf64_Shdr *sectionHolding(uint64_t address) const;

  std::map<std::string, CodeRange> functionsByName;
  std::map<std::string, uint64_t> descriptors;
};

bool Parser::readHeader() {
  if (!file.read(0, header))
    return fail(format("the file's %zu bytes do not hold an ELF header", file.size()));
  if (std::memcmp(header.e_ident, elf::ElfMagic, 4) != 0 || header.e_ident[elf::EI_CLASS] != elf::ELFCLASS64 ||
      header.e_ident[elf::EI_DATA] != elf::ELFDATA2LSB)
    return fail("not a 64-bit little-endian ELF file");
  if (header.e_machine != elf::EM_AMDGPU)
    return fail(format("ELF machine %u is not AMDGPU (%u)", header.e_machine, unsigned(elf::EM_AMDGPU)));
  if (header.e_ident[elf::EI_OSABI] != elf::ELFOSABI_AMDGPU_HSA)
    return fail(
        format("ELF OS ABI %u is not AMDHSA (%u)", header.e_ident[elf::EI_OSABI], unsigned(elf::ELFOSABI_AMDGPU_HSA)));
  unsigned version = header.e_ident[elf::EI_ABIVERSION];
  if (version < elf::ELFABIVERSION_AMDGPU_HSA_V4 || version > elf::ELFABIVERSION_AMDGPU_HSA_V6)
    return fail(format("ELF ABI version %u is not one of 2, 3, 4 (code object version 4, 5, 6)", version));
  object.version = version + 2;
  uint32_t mach = header.e_flags & elf::EF_AMDGPU_MACH;
  object.chip = findChipByElfMach(mach);
  if (!object.chip)
    return fail(format("the object's chip (e_flags machine 0x%x) is not one of %s", mach, knownChips().c_str()));
  return true;
}

bool Parser::readSections() {
  if (header.e_shnum && header.e_shentsize != sizeof(elf::Elf64_Shdr))
    return fail("section headers have an unexpected size");
  for (unsigned n = 0; n < header.e_shnum; ++n) {
    elf::Elf64_Shdr s;
    if (!file.read(header.e_shoff + uint64_t(n) * sizeof s, s))
      return fail(format("section header %u lies outside the file", n));
    if (s.sh_type != elf::SHT_NOBITS && !file.holds(s.sh_offset, s.sh_size))
      return fail(format("section %u lies outside the file", n));
    sections.push_back(s);
  }
  if (header.e_shstrndx >= sections.size())
    return sections.empty() || fail("no section of section names");
  for (const elf::Elf64_Shdr &s : sections) {
    std::optional<std::string> name = stringAt(sections[header.e_shstrndx], s.sh_name);
    if (!name)
      return fail("a section's name lies outside its table");
    if (s.sh_type != elf::SHT_NOBITS && s.sh_type != elf::SHT_NULL)
      object.sections.emplace(*name, std::string(reinterpret_cast<const char *>(file.at(s.sh_offset)), s.sh_size));
  }
  return true;
}

std::optional<std::string> Parser::stringAt(const elf::Elf64_Shdr &table, uint64_t offset) const {
  if (table.sh_type == elf::SHT_NOBITS || offset >= table.sh_size)
    return std::nullopt;
  const char *begin = reinterpret_cast<const char *>(file.at(table.sh_offset + offset));
  size_t most = size_t(table.sh_size - offset), length = strnlen(begin, most);
  if (length == most)
    return std::nullopt;
  return std::string(begin, length);
}

bool Parser::readImage() {
  if (header.e_phnum && header.e_phentsize != sizeof(elf::Elf64_Phdr))
    return fail("program headers have an unexpected size");
  uint64_t end = 0;
  for (unsigned n = 0; n < header.e_phnum; ++n) {
    elf::Elf64_Phdr p;
    if (!file.read(header.e_phoff + uint64_t(n) * sizeof p, p))
      return fail(format("program header %u lies outside the file", n));
    if (p.p_type == elf::PT_LOAD) {
      if (!file.holds(p.p_offset, p.p_filesz) || p.p_filesz > p.p_memsz)
        return fail(format("segment %u lies outside the file", n));
      if (p.p_vaddr > mostImageBytes || p.p_memsz > mostImageBytes)
        return fail(format("segment %u is larger than %llu bytes", n, (unsigned long long)mostImageBytes));
      end = std::max(end, p.p_vaddr + p.p_memsz);
    }
    segments.push_back(p);
  }
  if (end == 0)
    return fail("the object has nothing to load");
  object.image.resize(size_t(end));
  for (const elf::Elf64_Phdr &p : segments)
    if (p.p_type == elf::PT_LOAD)
      std::memcpy(object.image.data() + p.p_vaddr, file.at(p.p_offset), size_t(p.p_filesz));
  return true;
}

const elf::Elf64_Shdr *Parser::sectionHolding(uint64_t address) const {
  for (const elf::Elf64_Shdr &s : sections)
    if ((s.sh_flags & elf::SHF_ALLOC) && address >= s.sh_addr && address - s.sh_addr < s.sh_size)
      return &s;
  return nullptr;
}

bool Parser::readSymbolTable(const elf::Elf64_Shdr &table) {
  if (table.sh_link >= sections.size())
    return fail("a symbol table names no string table");
  for (uint64_t at = 0; at + sizeof(elf::Elf64_Sym) <= table.sh_size; at += sizeof(elf::Elf64_Sym)) {
    elf::Elf64_Sym s{};
    file.read(table.sh_offset + at, s);
    std::optional<std::string> name = stringAt(sections[table.sh_link], s.st_name);
    if (!name)
      return fail("a symbol's name lies outside its table");
    if (s.st_shndx == elf::SHN_UNDEF || s.st_shndx == elf::SHN_ABS)
      continue;
    bool isDescriptor = name->size() > 3 && name->compare(name->size() - 3, 3, ".kd") == 0;
    if (s.getType() == elf::STT_FUNC && s.st_value <= object.image.size() &&
        s.st_size <= object.image.size() - s.st_value)
      functionsByName[*name] = {s.st_value, s.st_value + s.st_size};
    else if (s.getType() == elf::STT_OBJECT && !isDescriptor && s.st_value <= object.image.size() &&
             s.st_size <= object.image.size() - s.st_value)
      object.variables[*name] = {s.st_value, s.st_value + s.st_size};
    else if (isDescriptor)
      descriptors[name->substr(0, name->size() - 3)] = s.st_value;
  }
  return true;
}

bool Parser::readSymbols() {
  for (const elf::Elf64_Shdr &s : sections)
    if ((s.sh_type == elf::SHT_SYMTAB || s.sh_type == elf::SHT_DYNSYM) && !readSymbolTable(s))
      return false;
  if (descriptors.empty())
    return fail("the object has no kernel");
  for (const auto &f : functionsByName)
    if (f.second.begin < f.second.end && !descriptors.count(f.first))
      object.functions.push_back(f.second);
  for (const auto &d : descriptors)
    if (!addKernel(d.first, d.second))
      return false;
  return true;
}

uint32_t word(const uint8_t *p) {
  uint32_t x;
  std::memcpy(&x, p, 4);
  return x;
}

std::vector<std::pair<std::string, uint64_t>> fieldsOf(const Descriptor &d) {
  return {{"float_mode", d.field1(12, 8)},
          {"dx10_clamp", d.field1(21, 1)},
          {"ieee_mode", d.field1(23, 1)},
          {"user_sgprs", d.field2(1, 5)},
          {"workgroup_id_x", d.field2(7, 1)},
          {"workgroup_id_y", d.field2(8, 1)},
          {"workgroup_id_z", d.field2(9, 1)},
          {"workgroup_info", d.field2(10, 1)},
          {"workitem_id", d.field2(11, 2)},
          {"code_properties", d.codeProperties},
          {"kernarg_preload_length", d.preloadDwords()},
          {"kernarg_preload_offset", d.preloadOffset()}};
}

bool Parser::addKernel(const std::string &name, uint64_t address) {
  constexpr uint64_t descriptorBytes = 64;
  if (address > object.image.size() || object.image.size() - address < descriptorBytes)
    return fail("kernel '" + name + "': its descriptor lies outside the object");
  const uint8_t *d = object.image.data() + address;
  ObjectKernel k;
  k.info.name = name;
  k.info.ldsBytes = word(d);
  k.info.scratchBytes = word(d + 4);
  k.info.kernargBytes = word(d + 8);
  int64_t entryOffset;
  std::memcpy(&entryOffset, d + 16, 8);
  k.descriptor.rsrc3 = word(d + 44);
  k.descriptor.rsrc1 = word(d + 48);
  k.descriptor.rsrc2 = word(d + 52);
  k.descriptor.codeProperties = uint16_t(word(d + 56));
  k.descriptor.kernargPreload = uint16_t(word(d + 56) >> 16);
  for (auto [from, to] : {std::pair(12, 16), std::pair(24, 44), std::pair(60, 64)})
    k.descriptor.reserved |= std::any_of(d + from, d + to, [](uint8_t b) { return b != 0; });
  k.info.vgprs = (k.descriptor.field1(0, 6) + 1) * 8;
  k.info.accumOffset = ((k.descriptor.rsrc3 & 63) + 1) * 4;
  k.info.descriptor = fieldsOf(k.descriptor);
  k.entry = address + uint64_t(entryOffset);
  if (k.entry >= object.image.size() || k.entry % 4)
    return fail("kernel '" + name + "': its entry lies outside the object");
  auto function = functionsByName.find(name);
  if (function != functionsByName.end() && function->second.begin <= k.entry && k.entry < function->second.end) {
    k.body = function->second;
  } else {
    const elf::Elf64_Shdr *section = sectionHolding(k.entry);
    if (!section)
      return fail("kernel '" + name + "': its entry is in no section");
    k.body = {k.entry, std::min<uint64_t>(section->sh_addr + section->sh_size, object.image.size())};
  }
  k.info.codeBytes = k.body.end - k.body.begin;
  object.kernels.push_back(std::move(k));
  return true;
}

bool Parser::readRelocations() {
  for (const elf::Elf64_Shdr &s : sections) {
    if (s.sh_type == elf::SHT_REL)
      return fail("relocations without addends are not supported");
    if (s.sh_type != elf::SHT_RELA)
      continue;
    for (uint64_t at = 0; at + sizeof(elf::Elf64_Rela) <= s.sh_size; at += sizeof(elf::Elf64_Rela)) {
      elf::Elf64_Rela r{};
      file.read(s.sh_offset + at, r);
      if (r.getType() != elf::R_AMDGPU_RELATIVE64)
        return fail(format("relocation type %u is not supported", r.getType()));
      if (r.r_offset > object.image.size() || object.image.size() - r.r_offset < 8)
        return fail("a relocation lies outside the object");
      object.relocations.push_back({r.r_offset, uint64_t(r.r_addend)});
    }
  }
  return true;
}

bool Parser::readNotes(uint64_t offset, uint64_t size) {
  uint64_t end = offset + size;
  while (end - offset >= 12) {
    uint32_t nameBytes = word(file.at(offset)), bytes = word(file.at(offset + 4)), type = word(file.at(offset + 8));
    uint64_t name = offset + 12, content = name + (uint64_t(nameBytes) + 3) / 4 * 4;
    uint64_t next = content + (uint64_t(bytes) + 3) / 4 * 4;
    if (content > end || bytes > end - content)
      return fail("a note lies outside its section");
    bool ours = nameBytes == 7 && std::memcmp(file.at(name), "AMDGPU", 7) == 0 && type == elf::NT_AMDGPU_METADATA;
    if (ours) {
      std::string_view blob(reinterpret_cast<const char *>(file.at(content)), bytes);
      std::string wrong = applyMetadata(blob, object.kernels);
      if (!wrong.empty())
        return fail("metadata: " + wrong);
    }
    if (next >= end)
      break;
    offset = next;
  }
  return true;
}

bool Parser::readMetadata() {
  for (const elf::Elf64_Phdr &p : segments)
    if (p.p_type == elf::PT_NOTE)
      if (!file.holds(p.p_offset, p.p_filesz))
        return fail("a note segment lies outside the file");
  for (const elf::Elf64_Shdr &s : sections)
    if (s.sh_type == elf::SHT_NOTE && !readNotes(s.sh_offset, s.sh_size))
      return false;
  return true;
}

Error badObject(std::string text) {
  Error e;
  e.kind = ErrorKind::badObject;
  e.message = std::move(text);
  return e;
}

} // namespace

Result<ObjectFile> readObject(const void *data, size_t bytes) {
  Parser p{Reader(static_cast<const uint8_t *>(data), bytes), {}, {}, {}, {}, {}, {}, {}};
  if (p.readHeader() && p.readSections() && p.readImage() && p.readSymbols() && p.readRelocations() && p.readMetadata())
    return std::move(p.object);
  return badObject(p.error);
}

Result<const Chip *> readChip(const void *data, size_t bytes) {
  Parser p{Reader(static_cast<const uint8_t *>(data), bytes), {}, {}, {}, {}, {}, {}, {}};
  if (p.readHeader())
    return p.object.chip;
  return badObject(p.error);
}

} // namespace pa::emu
