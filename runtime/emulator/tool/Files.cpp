#include "runtime/emulator/tool/Files.h"

#include <fstream>
#include <iterator>

namespace pa::emu::tool {

Error toolError(std::string message) {
  Error e;
  e.kind = ErrorKind::badLaunch;
  e.message = std::move(message);
  return e;
}

Result<std::string> readFile(const std::string &path) {
  std::ifstream in(path, std::ios::binary);
  if (!in)
    return toolError("cannot read '" + path + "'");
  return std::string(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
}

Status writeFile(const std::string &path, const void *data, size_t bytes) {
  std::ofstream out(path, std::ios::binary);
  out.write(static_cast<const char *>(data), std::streamsize(bytes));
  out.close();
  if (!out)
    return toolError("cannot write '" + path + "'");
  return {};
}

} // namespace pa::emu::tool
