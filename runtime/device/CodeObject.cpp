#include "runtime/device/CodeObject.h"
#include "compiler/target/Chip.h"

#include <cstring>

namespace pa {
namespace {

// ELF-64 object file format, version 1.5; AMDGPU values from LLVM's AMDGPUUsage ("ELF Code Object").
constexpr uint8_t elfMagic[4] = {0x7f, 'E', 'L', 'F'};
constexpr uint8_t elfClass64 = 2;
constexpr uint8_t elfLittleEndian = 1;
constexpr uint8_t osAbiAmdHsa = 64;
constexpr uint16_t machineAmdgpu = 224;
constexpr uint16_t typeShared = 3; // what lld makes of a code object
constexpr uint32_t machMask = 0xff;
constexpr uint32_t sectionNoBits = 8;

// EF_AMDGPU_FEATURE_*_V4: two bits a feature, of which 2 is off and 3 is on.
struct Feature {
  const char *name;
  unsigned shift;
};
constexpr Feature features[] = {{"sramecc", 10}, {"xnack", 8}};

std::string pinnedFeatures(uint32_t flags) {
  std::string text;
  for (const Feature &feature : features)
    if (unsigned state = flags >> feature.shift & 3; state >= 2)
      text += std::string(":") + feature.name + (state == 3 ? "+" : "-");
  return text;
}

struct ElfHeader {
  uint8_t magic[4], fileClass, data, version, osAbi, abiVersion, padding[7];
  uint16_t type, machine;
  uint32_t fileVersion;
  uint64_t entry, programHeaders, sectionHeaders;
  uint32_t flags;
  uint16_t headerSize, programHeaderSize, programHeaderCount, sectionHeaderSize, sectionHeaderCount, nameSection;
};
static_assert(sizeof(ElfHeader) == 64);

struct ProgramHeader {
  uint32_t type, flags;
  uint64_t offset, address, physicalAddress, fileSize, memorySize, alignment;
};
static_assert(sizeof(ProgramHeader) == 56);

struct SectionHeader {
  uint32_t name, type;
  uint64_t flags, address, offset, size;
  uint32_t link, info;
  uint64_t alignment, entrySize;
};
static_assert(sizeof(SectionHeader) == 64);

Error invalid(const std::string &message) {
  return {ErrorCode::invalidObject, "not a code object for an AMD GPU: " + message, {}};
}

Error wrongField(const char *field, uint64_t got, uint64_t allowed) {
  return invalid(std::string(field) + " is " + std::to_string(got) + ", expected " + std::to_string(allowed));
}

class Reader {
public:
  Reader(const void *bytes, size_t size) : bytes(static_cast<const char *>(bytes)), size(size) {}

  // Whether [offset, offset+length) is inside the file; the sum is never formed, so it cannot overflow.
  bool inside(uint64_t offset, uint64_t length) const { return offset <= size && length <= size - offset; }
  std::string_view view(uint64_t offset, uint64_t length) const { return {bytes + offset, length}; }
  template <class T> T read(uint64_t offset) const {
    T value;
    std::memcpy(&value, bytes + offset, sizeof value);
    return value;
  }

  Error outside(const std::string &what, uint64_t offset, uint64_t length) const {
    return invalid(what + " at offset " + std::to_string(offset) + ", " + std::to_string(length) +
                   " bytes, is not inside the file of " + std::to_string(size) + " bytes (truncated?)");
  }

private:
  const char *bytes;
  size_t size;
};

std::optional<Error> checkHeader(const ElfHeader &header) {
  if (std::memcmp(header.magic, elfMagic, sizeof elfMagic) != 0)
    return invalid("it does not start with the ELF magic");
  struct {
    const char *field;
    uint64_t got, expected;
  } const fields[] = {
      {"ELF class", header.fileClass, elfClass64},
      {"ELF data encoding", header.data, elfLittleEndian},
      {"ELF machine", header.machine, machineAmdgpu},
      {"ELF OS ABI", header.osAbi, osAbiAmdHsa},
      {"ELF type", header.type, typeShared},
      {"size of a section header", header.sectionHeaderSize, sizeof(SectionHeader)},
      {"size of a program header", header.programHeaderSize, sizeof(ProgramHeader)},
  };
  for (const auto &field : fields)
    if (field.got != field.expected)
      return wrongField(field.field, field.got, field.expected);
  if (header.sectionHeaderCount == 0 || header.nameSection >= header.sectionHeaderCount)
    return invalid("section of names is number " + std::to_string(header.nameSection) + " of " +
                   std::to_string(header.sectionHeaderCount) + " sections");
  return std::nullopt;
}

std::optional<Error> checkSegments(const Reader &file, const ElfHeader &header) {
  uint64_t table = uint64_t(header.programHeaderCount) * sizeof(ProgramHeader);
  if (!file.inside(header.programHeaders, table))
    return file.outside("the table of program headers", header.programHeaders, table);
  for (unsigned i = 0; i < header.programHeaderCount; ++i) {
    auto segment = file.read<ProgramHeader>(header.programHeaders + i * sizeof(ProgramHeader));
    if (!file.inside(segment.offset, segment.fileSize))
      return file.outside("segment " + std::to_string(i), segment.offset, segment.fileSize);
  }
  return std::nullopt;
}

} // namespace

Expected<CodeObject> CodeObject::parse(const void *bytes, size_t size) {
  Reader file(bytes, size);
  if (!file.inside(0, sizeof(ElfHeader)))
    return file.outside("the ELF header", 0, sizeof(ElfHeader));
  auto header = file.read<ElfHeader>(0);
  if (auto error = checkHeader(header))
    return *error;
  if (auto error = checkSegments(file, header))
    return *error;

  uint64_t table = uint64_t(header.sectionHeaderCount) * sizeof(SectionHeader);
  if (!file.inside(header.sectionHeaders, table))
    return file.outside("the table of section headers", header.sectionHeaders, table);
  auto headerOf = [&](unsigned i) {
    return file.read<SectionHeader>(header.sectionHeaders + i * sizeof(SectionHeader));
  };

  SectionHeader nameHeader = headerOf(header.nameSection);
  if (!file.inside(nameHeader.offset, nameHeader.size))
    return file.outside("the section of names", nameHeader.offset, nameHeader.size);
  std::string_view names = file.view(nameHeader.offset, nameHeader.size);

  CodeObject object;
  object.machine = header.flags & machMask;
  object.features = pinnedFeatures(header.flags);
  for (unsigned i = 0; i < header.sectionHeaderCount; ++i) {
    SectionHeader section = headerOf(i);
    size_t end = section.name < names.size() ? names.find('\0', section.name) : std::string_view::npos;
    if (end == std::string_view::npos)
      return invalid("the name of section " + std::to_string(i) + " at " + std::to_string(section.name) +
                     " does not end inside the section of names, " + std::to_string(names.size()) + " bytes");
    std::string_view name = names.substr(section.name, end - section.name);
    bool hasContent = section.type != sectionNoBits && section.type != 0;
    if (hasContent && !file.inside(section.offset, section.size))
      return file.outside("section '" + std::string(name) + "'", section.offset, section.size);
    object.sections.push_back({name, hasContent ? file.view(section.offset, section.size) : std::string_view()});
  }
  return object;
}

std::string CodeObject::chip() const {
  const Chip *chip = findChipByElfMach(machine);
  return chip ? chip->name : "";
}

std::string CodeObject::target() const { return chip() + features; }

bool CodeObject::runsOn(std::string_view device) const {
  if (device.substr(0, device.find(':')) != chip())
    return false;
  // A feature that the device does not name is one that it does not have a choice of.
  for (const Feature &feature : pa::features) {
    std::string on = std::string(":") + feature.name + "+", off = std::string(":") + feature.name + "-";
    bool wantsOn = features.find(on) != std::string::npos, wantsOff = features.find(off) != std::string::npos;
    if ((wantsOn && device.find(off) != device.npos) || (wantsOff && device.find(on) != device.npos))
      return false;
  }
  return true;
}

std::optional<std::string_view> CodeObject::section(std::string_view name) const {
  for (const Section &section : sections)
    if (section.name == name)
      return section.content;
  return std::nullopt;
}

} // namespace pa
