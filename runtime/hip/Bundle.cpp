// Finds a device's code object in what a program carries.
#include "runtime/hip/Module.h"
#include "runtime/hip/Properties.h"

#include "llvm/BinaryFormat/ELF.h"
#include "llvm/Object/OffloadBundle.h"
#include "llvm/Support/MemoryBuffer.h"

#include <algorithm>
#include <cstring>

namespace pa::hip {
namespace {

constexpr char bundleMagic[] = "__CLANG_OFFLOAD_BUNDLE__"; // clang-offload-bundler's documentation: bundled binary
constexpr size_t bundleMagicBytes = sizeof bundleMagic - 1;

bool startsWith(const char *image, const char *text) { return std::memcmp(image, text, std::strlen(text)) == 0; }

uint64_t word(const char *&at) {
  uint64_t value;
  std::memcpy(&value, at, sizeof value);
  at += sizeof value;
  return value;
}

size_t elfBytes(const char *image) {
  llvm::ELF::Elf64_Ehdr header;
  std::memcpy(&header, image, sizeof header);
  size_t end = header.e_shoff + size_t(header.e_shnum) * header.e_shentsize;
  for (unsigned n = 0; n < header.e_shnum; ++n) {
    llvm::ELF::Elf64_Shdr section;
    std::memcpy(&section, image + header.e_shoff + size_t(n) * header.e_shentsize, sizeof section);
    if (section.sh_type != llvm::ELF::SHT_NOBITS)
      end = std::max<size_t>(end, section.sh_offset + section.sh_size);
  }
  return end;
}

// An entry's target, as after "hipv4-amdgcn-amd-amdhsa--" ("gfx942:xnack-"), against the device's with all features.
bool fits(const std::string &target, const std::string &device) {
  size_t colon = target.find(':');
  if (target.substr(0, colon) != device.substr(0, device.find(':')))
    return false;
  while (colon != std::string::npos) {
    size_t next = target.find(':', colon + 1);
    std::string feature = target.substr(colon, next == std::string::npos ? next : next - colon);
    if ((device + ":").find(feature + ":") == std::string::npos)
      return false;
    colon = next;
  }
  return true;
}

std::string fromBundle(const char *bundle, const Gpu &gpu) {
  const char *at = bundle + bundleMagicBytes;
  std::string device = targetName(*gpu.chip);
  std::string found;
  for (uint64_t entries = word(at); entries > 0; --entries) {
    uint64_t offset = word(at);
    uint64_t bytes = word(at);
    uint64_t idBytes = word(at);
    std::string id(at, idBytes);
    at += idBytes;
    size_t target = id.find("--");
    if (id.compare(0, 3, "hip") != 0 || target == std::string::npos)
      continue; // the host's entry
    if (fits(id.substr(target + 2), device))
      return {bundle + offset, bytes};
    found += (found.empty() ? "" : ", ") + id.substr(target + 2);
  }
  fail(hipErrorNoBinaryForGpu,
       "the program has code for " + (found.empty() ? "no GPU" : found) + ", the device is a " + device);
}

std::string decompressed(const char *image) {
  // The longest header has 32 bytes; the size in it is known before the rest is looked at.
  auto header = llvm::object::CompressedOffloadBundle::CompressedBundleHeader::tryParse({image, 32});
  if (!header)
    fail(hipErrorInvalidImage, "compressed bundle: " + llvm::toString(header.takeError()));
  require(header->FileSize.has_value(), hipErrorInvalidImage, "the compressed bundle does not say its size");
  auto buffer = llvm::MemoryBuffer::getMemBuffer({image, *header->FileSize}, "", false);
  auto plain = llvm::object::CompressedOffloadBundle::decompress(*buffer);
  if (!plain)
    fail(hipErrorInvalidImage, "compressed bundle: " + llvm::toString(plain.takeError()));
  return (*plain)->getBuffer().str();
}

} // namespace

std::string codeObjectIn(const void *image, const Gpu &gpu) {
  require(image != nullptr);
  const char *bytes = static_cast<const char *>(image);
  if (startsWith(bytes, llvm::ELF::ElfMagic))
    return {bytes, elfBytes(bytes)};
  if (startsWith(bytes, "CCOB")) {
    std::string plain = decompressed(bytes);
    require(plain.size() > bundleMagicBytes && startsWith(plain.data(), bundleMagic), hipErrorInvalidImage,
            "the compressed bundle holds no bundle");
    return fromBundle(plain.data(), gpu);
  }
  if (startsWith(bytes, bundleMagic))
    return fromBundle(bytes, gpu);
  fail(hipErrorInvalidImage, "neither a code object nor a bundle of them");
}

} // namespace pa::hip
