#include "runtime/jit/Record.h"
#include "runtime/jit/Sha256.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <unistd.h>

namespace pa {

Status recordVariant(const std::string &variant) {
  namespace fs = std::filesystem;
  const char *folder = std::getenv("PA_RECORD_VARIANTS");
  if (!folder || !*folder)
    return {};
  fs::path file = fs::path(folder) / (hex(sha256(variant)).substr(0, 16) + ".json");
  std::error_code error;
  if (fs::exists(file, error))
    return {};
  // Written aside and renamed: other threads and processes record the same.
  fs::create_directories(folder, error);
  fs::path aside = file;
  aside += "." + std::to_string(getpid()) + "-" + std::to_string(gettid());
  std::ofstream out(aside);
  out << variant << '\n';
  out.close();
  if (out)
    fs::rename(aside, file, error);
  if (!out || error)
    return {ErrorCode::unavailable, "PA_RECORD_VARIANTS: cannot write '" + file.string() + "'"};
  return {};
}

} // namespace pa
