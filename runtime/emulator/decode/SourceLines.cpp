#include "runtime/emulator/decode/SourceLines.h"

#include "llvm/DebugInfo/DWARF/DWARFContext.h"
#include "llvm/Object/ELFObjectFile.h"

namespace pa::emu {

struct SourceLines::Impl {
  std::unique_ptr<llvm::object::ObjectFile> object; // null: LLVM does not read it
  std::unique_ptr<llvm::DWARFContext> context;
};

SourceLines::SourceLines(const void *file, size_t bytes) : content(static_cast<const char *>(file), bytes) {}
SourceLines::~SourceLines() = default;

std::string SourceLines::at(uint64_t address) {
  std::lock_guard<std::mutex> lock(mutex);
  if (!impl) {
    impl = std::make_unique<Impl>();
    auto object = llvm::object::ObjectFile::createELFObjectFile(llvm::MemoryBufferRef(content, "code object"));
    if (object) {
      impl->object = std::move(*object);
      auto ignore = [](llvm::Error error) { llvm::consumeError(std::move(error)); };
      impl->context = llvm::DWARFContext::create(*impl->object, llvm::DWARFContext::ProcessDebugRelocations::Ignore,
                                                 nullptr, "", ignore, ignore);
    } else {
      llvm::consumeError(object.takeError());
    }
  }
  if (!impl->context)
    return "";
  llvm::DILineInfoSpecifier specifier(llvm::DILineInfoSpecifier::FileLineInfoKind::RawValue);
  std::optional<llvm::DILineInfo> line = impl->context->getLineInfoForAddress({address}, specifier);
  if (!line || line->Line == 0)
    return "";
  std::string text = line->FileName + ":" + std::to_string(line->Line);
  return line->Column ? text + ":" + std::to_string(line->Column) : text;
}

} // namespace pa::emu
