#include "runtime/device/OwnFolder.h"

#include <dlfcn.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

namespace pa {

std::string ownFolder() {
  Dl_info info;
  std::string path;
  if (dladdr(reinterpret_cast<void *>(&ownFolder), &info) && info.dli_fname)
    path = info.dli_fname;
  // A program's own name is what it was called by.
  bool library = path.find(".so") != std::string::npos;
  char real[PATH_MAX];
  if (realpath(library ? path.c_str() : "/proc/self/exe", real))
    path = real;
  size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash);
}

std::string besides(const std::vector<std::string> &files, int mode) {
  const std::string own = ownFolder() + "/";
  for (const std::string &file : files)
    if (std::string path = own + file; access(path.c_str(), mode) == 0)
      return path;
  return "";
}

} // namespace pa
