#include "runtime/jit/Record.h"
#include "runtime/jit/Cache.h"
#include "runtime/jit/Sha256.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <unistd.h>

namespace pa {
namespace {

namespace fs = std::filesystem;

// The folder that a variable names, or nullptr.
const char *folderOf(const char *variable) {
  const char *folder = std::getenv(variable);
  return folder && *folder ? folder : nullptr;
}

// Written aside and renamed: other threads and processes write the same. A folder of everybody's may have links where
// the file is to be; they are not followed.
Status addFile(const char *variable, const std::string &name, const std::string &bytes) {
  fs::path folder = folderOf(variable), file = folder / name;
  std::error_code error;
  if (fs::exists(file, error))
    return {};
  fs::create_directories(folder, error);
  std::string aside = file.string() + "." + std::to_string(getpid()) + "-" + std::to_string(gettid());
  (void)unlink(aside.c_str()); // of one that died and had these numbers
  Descriptor out(open(aside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666));
  if (out && writeAll(out.get(), bytes) && rename(aside.c_str(), file.c_str()) == 0)
    return {};
  std::string reason = std::strerror(errno);
  if (out)
    (void)unlink(aside.c_str());
  return {ErrorCode::unavailable, std::string(variable) + ": cannot write '" + file.string() + "': " + reason};
}

} // namespace

Status recordVariant(const std::string &variant) {
  constexpr const char *variable = "PA_RECORD_VARIANTS";
  return folderOf(variable) ? addFile(variable, hex(sha256(variant)).substr(0, 16) + ".json", variant + "\n")
                            : Status();
}

Status dumpKernel(const CompileRequest &request, const std::string &object) {
  constexpr const char *variable = "PA_DUMP_DIR";
  if (!folderOf(variable))
    return {};
  std::string key = Cache::keyOf(keyMaterial(request)).substr(0, 16);
  if (Status status = addFile(variable, key + endingOf(request.kind), request.source); !status)
    return status;
  return addFile(variable, key + ".hsaco", object);
}

} // namespace pa
