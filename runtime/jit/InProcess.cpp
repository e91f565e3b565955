#include "runtime/jit/InProcess.h"
#include "runtime/device/OwnFolder.h"

#include <dlfcn.h>
#include <unistd.h>

namespace pa {
namespace {

// Once a process: a library that compiles is never closed.
Expected<pa_compiler_function *> openLibrary() {
  std::string path = besides({"libpa_compiler.so", "../lib/libpa_compiler.so"}, R_OK);
  if (path.empty())
    return {ErrorCode::unavailable, "no libpa_compiler.so beside libpa in '" + ownFolder() + "' or in ../lib"};
  void *library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  void *function = library ? dlsym(library, "pa_compiler_compile") : nullptr;
  if (!function)
    return {ErrorCode::unavailable, "cannot open '" + path + "': " + dlerror()};
  return reinterpret_cast<pa_compiler_function *>(function);
}

void append(void *context, const char *bytes, size_t count) {
  static_cast<std::string *>(context)->append(bytes, count);
}

} // namespace

Expected<std::string> compileHere(const CompileRequest &request) {
  static const Expected<pa_compiler_function *> function = openLibrary();
  if (!function)
    return function.error();
  std::string reply;
  int failed = (*function)(request.source.data(), request.source.size(), request.chip.c_str(), request.options.c_str(),
                           append, &reply);
  if (failed)
    return {ErrorCode::compileFailed, "the compiler has refused: " + reply};
  return readReply("libpa_compiler.so", reply);
}

} // namespace pa
