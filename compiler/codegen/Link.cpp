#include "compiler/codegen/Link.h"

#include "lld/Common/Driver.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include <mutex>

LLD_HAS_DRIVER(elf)

namespace pa {
namespace {

llvm::Error linkError(const llvm::Twine &text) {
  return llvm::createStringError("linking the code object failed: " + text);
}

llvm::Error writeFile(llvm::StringRef path, llvm::ArrayRef<char> bytes) {
  std::error_code ec;
  llvm::raw_fd_ostream out(path, ec);
  if (!ec) {
    out.write(bytes.data(), bytes.size());
    out.close();
    ec = out.error();
    out.clear_error();
  }
  if (ec)
    return linkError("cannot write '" + path + "': " + ec.message());
  return llvm::Error::success();
}

// lld resets every command line option of the process to its default, the caller's own and LLVM's. While this lives,
// it finds none.
class KeepOptions {
public:
  KeepOptions() { exchange(); }
  ~KeepOptions() { exchange(); }

private:
  void exchange() {
    llvm::cl::SubCommand &all = llvm::cl::SubCommand::getTopLevel();
    std::swap(all.OptionsMap, named);
    std::swap(all.PositionalOpts, positional);
  }

  decltype(llvm::cl::SubCommand::OptionsMap) named;
  decltype(llvm::cl::SubCommand::PositionalOpts) positional;
};

llvm::Error runLld(llvm::ArrayRef<const char *> args) {
  static std::mutex turn;
  static bool usable = true;
  std::lock_guard<std::mutex> lock(turn);
  if (!usable)
    return linkError("lld crashed before in this process");
  KeepOptions keep;
  std::string messages;
  llvm::raw_string_ostream stream(messages);
  lld::Result result = lld::lldMain(args, stream, stream, {{lld::Gnu, &lld::elf::link}});
  usable = result.canRunAgain;
  if (result.retCode != 0)
    return linkError(llvm::StringRef(messages).trim());
  return llvm::Error::success();
}

} // namespace

llvm::Expected<std::vector<char>> linkCodeObject(llvm::ArrayRef<char> relocatable) {
  llvm::SmallString<128> directory;
  if (std::error_code ec = llvm::sys::fs::createUniqueDirectory("pa-link", directory))
    return linkError("cannot create a temporary directory: " + ec.message());
  llvm::scope_exit remove([&] { llvm::sys::fs::remove_directories(directory); });

  llvm::SmallString<128> input(directory), output(directory);
  llvm::sys::path::append(input, "in.o");
  llvm::sys::path::append(output, "out.hsaco");
  if (llvm::Error error = writeFile(input, relocatable))
    return std::move(error);
  // One thread: the input is a single small file, and starting lld's pool costs more than the work.
  if (llvm::Error error = runLld({"ld.lld", "-shared", "--threads=1", input.c_str(), "-o", output.c_str()}))
    return std::move(error);

  auto linked = llvm::MemoryBuffer::getFile(output, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!linked)
    return linkError("cannot read lld's output: " + linked.getError().message());
  return std::vector<char>((*linked)->getBufferStart(), (*linked)->getBufferEnd());
}

llvm::Expected<std::vector<std::string>> undefinedSymbols(llvm::ArrayRef<char> relocatable) {
  llvm::MemoryBufferRef buffer(llvm::StringRef(relocatable.data(), relocatable.size()), "object");
  auto object = llvm::object::ObjectFile::createELFObjectFile(buffer);
  if (!object)
    return object.takeError();
  std::vector<std::string> names;
  for (const llvm::object::SymbolRef &symbol : (*object)->symbols()) {
    llvm::Expected<uint32_t> flags = symbol.getFlags();
    if (!flags)
      return flags.takeError();
    if (!(*flags & llvm::object::SymbolRef::SF_Undefined))
      continue;
    llvm::Expected<llvm::StringRef> name = symbol.getName();
    if (!name)
      return name.takeError();
    if (!name->empty())
      names.push_back(name->str());
  }
  return names;
}

} // namespace pa
