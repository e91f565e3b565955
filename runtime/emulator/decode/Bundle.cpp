// Code objects inside clang's offload bundles, plain or compressed.
#include "runtime/emulator/Emulator.h"
#include "runtime/emulator/core/Text.h"

#include "llvm/Object/OffloadBundle.h"
#include "llvm/Support/MemoryBuffer.h"

#include "compiler/target/Chip.h"

namespace pa::emu {
namespace {

constexpr std::string_view plainMagic = "__CLANG_OFFLOAD_BUNDLE__", compressedMagic = "CCOB";

Error bundleError(std::string text) {
  Error e;
  e.kind = ErrorKind::badObject;
  e.message = "offload bundle: " + std::move(text);
  return e;
}

// After the magic: the number of entries, and of each its offset, size, and id with its length before it.
Result<std::string> fromPlain(std::string_view file, std::string_view chip) {
  size_t at = plainMagic.size();
  auto word = [&](uint64_t &value) {
    if (file.size() - at < sizeof value)
      return false;
    std::memcpy(&value, file.data() + at, sizeof value);
    at += sizeof value;
    return true;
  };
  uint64_t entries = 0, offset = 0, bytes = 0, idBytes = 0;
  if (!word(entries))
    return bundleError("its header is cut off");
  std::string found;
  for (uint64_t n = 0; n < entries; ++n) {
    if (!word(offset) || !word(bytes) || !word(idBytes) || idBytes > file.size() - at)
      return bundleError("entry " + std::to_string(n) + " is cut off");
    std::string_view id = file.substr(at, size_t(idBytes));
    at += size_t(idBytes);
    size_t target = id.find("--");
    if (id.substr(0, 3) == "hos" || target == id.npos)
      continue;
    std::string_view name = id.substr(target + 2);
    name = name.substr(0, name.find(':')); // features like xnack-
    if (offset > file.size() || bytes > file.size() - offset)
      return bundleError("the object for " + std::string(name) + " lies outside the file");
    if (chip.empty() ? findChip(name) != nullptr : name == chip)
      return std::string(file.substr(size_t(offset), size_t(bytes)));
    found += (found.empty() ? "" : ", ") + std::string(name);
  }
  return bundleError("it has objects for " + (found.empty() ? "no GPU" : found) + ", wanted " +
                     (chip.empty() ? knownChips() : std::string(chip)));
}

} // namespace

Result<std::string> codeObjectIn(const void *file, size_t bytes, std::string_view chip) {
  std::string_view content(static_cast<const char *>(file), bytes);
  if (content.substr(0, plainMagic.size()) == plainMagic)
    return fromPlain(content, chip);
  if (content.substr(0, compressedMagic.size()) != compressedMagic)
    return std::string(content);
  auto buffer = llvm::MemoryBuffer::getMemBuffer(llvm::StringRef(content.data(), content.size()), "", false);
  auto plain = llvm::object::CompressedOffloadBundle::decompress(*buffer, nullptr);
  if (!plain)
    return bundleError(llvm::toString(plain.takeError()));
  std::string_view inner((*plain)->getBufferStart(), (*plain)->getBufferSize());
  if (inner.substr(0, plainMagic.size()) != plainMagic)
    return bundleError("what was compressed is no bundle");
  return fromPlain(inner, chip);
}

} // namespace pa::emu
