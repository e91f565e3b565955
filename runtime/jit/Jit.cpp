#include "runtime/jit/Jit.h"
#include "compiler/variant/JsonValue.h"
#include "pa/abi.h"
#include "pa/append_abi.h"
#include "pa/merge_abi.h"
#include "runtime/jit/Bundle.h"
#include "runtime/jit/Cache.h"
#include "runtime/jit/Identity.h"
#include "runtime/jit/InProcess.h"
#include "runtime/jit/Log.h"
#include "runtime/jit/Settings.h"
#include "runtime/jit/Sha256.h"
#include "runtime/jit/SingleFlight.h"
#include "runtime/jit/ThisProcess.h"

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace pa {
namespace {

bool jitDisabled() {
  const char *value = std::getenv("PA_DISABLE_JIT");
  return value && *value && std::string(value) != "0";
}

// As one word of a shell's command.
std::string quoted(std::string_view text) {
  std::string word = "'";
  for (char character : text)
    word += character == '\'' ? "'\\''" : std::string(1, character);
  return word + "'";
}

std::string quotedIfNeeded(const std::string &path) {
  auto isPlain = [](unsigned char c) { return std::isalnum(c) || std::strchr("/._-+=,:@%", c); };
  return std::all_of(path.begin(), path.end(), isPlain) ? path : quoted(path);
}

std::string commandFor(const CompileRequest &request, const std::string &command, const std::string &output) {
  return "pa-compile " + command + " --chip " + request.chip +
         (request.options.empty() ? "" : " --pa-options=" + quoted(request.options)) + " -o " + output;
}

// That makes what is missing. A description is short enough to be in it.
std::string commandForMissing(const CompileRequest &request) {
  if (request.kind == SourceKind::mlir)
    return commandFor(request, "SOURCE.mlir", "kernel.hsaco");
  return "echo " + quoted(request.source) + " > kernel.json && " +
         commandFor(request, "bundle --variants kernel.json", "kernels.pab") + " (then PA_BUNDLES=kernels.pab)";
}

Expected<std::string> compileInProcess(const CompileRequest &request, const CompileLimits &limits) {
  auto compiler = findCompiler();
  return compiler ? compileInProcess(*compiler, request, limits) : compiler.error();
}

Expected<std::string> compile(const Cache *cache, const CompileRequest &request, const std::string &material,
                              const CompileLimits &limits) {
  auto object = limits.here ? compileHere(request) : compileInProcess(request, limits);
  if (object) {
    if (cache)
      (void)cache->store(material, *object); // a full disk costs the next process a compilation, no more
    return object;
  }
  Error error = object.error();
  if (error.code != ErrorCode::compileFailed)
    return error;
  std::string file = cache ? cache->keepFailed(Cache::keyOf(material) + endingOf(request.kind), request.source) : "";
  if (!file.empty())
    error.message += "\nagain with: " + commandFor(request, quotedIfNeeded(file), "kernel.hsaco");
  return error;
}

} // namespace

const char *endingOf(SourceKind kind) { return kind == SourceKind::variant ? ".json" : ".mlir"; }

std::string keyMaterial(const CompileRequest &request) {
  bool variant = request.kind == SourceKind::variant;
  // In the order of their names, and so it stays: the text is the key of every cache and bundle.
  return printJson(JsonObject{{"abi", JsonArray{PA_DECODE_ABI_VERSION, PA_APPEND_ABI_VERSION, PA_COPY_PAGES_ABI_VERSION,
                                                PA_MERGE_STATES_ABI_VERSION}},
                              {"chip", request.chip},
                              {"compiler", compilerIdentity()},
                              {"format", 1},
                              {"kind", variant ? "variant" : "mlir"},
                              {"options", request.options},
                              {"source", variant ? request.source : hex(sha256(request.source))}});
}

namespace {

// Where a kernel came from.
enum class Origin { bundle, cache, compiler };
constexpr const char *originNames[] = {"a bundle", "the cache", "the compiler"};

Expected<std::string> obtain(const CompileRequest &request, const std::string &material, bool mayCompile,
                             const CompileLimits &limits, Origin &origin) {
  std::string problems;
  origin = Origin::bundle;
  if (auto object = findInBundles(material, problems))
    return *object;
  origin = Origin::cache;
  auto limit = cacheLimit();
  if (!limit)
    return limit.error();
  auto opened = Cache::open(Cache::defaultFolder(), *limit);
  const Cache *cache = opened ? &*opened : nullptr;
  if (cache)
    if (auto object = cache->find(material))
      return *object;
  if (!mayCompile || jitDisabled())
    return {ErrorCode::notCached, "no kernel " + Cache::keyOf(material).substr(0, 16) + " for " + request.chip +
                                      (cache ? " in '" + cache->path() + "'" : ", since " + opened.error().message) +
                                      (problems.empty() ? "" : "; " + problems) +
                                      ", and compiling is not allowed; it is made by: " + commandForMissing(request)};
  // Another thread or another process may be at it: then the result, or the entry, is there when it is our turn.
  auto patience = limits.deadline + std::chrono::seconds(5);
  origin = Origin::compiler;
  return ofThisProcess<SingleFlight>().once(material, patience, [&]() -> Expected<std::string> {
    std::optional<Cache::Lock> lock = cache ? cache->lock(material, patience) : std::nullopt;
    if (lock)
      if (auto object = cache->find(material))
        return *object;
    return compile(cache, request, material, limits);
  });
}

// "kernel 0123456789abcdef for gfx942 from the cache in 0.41 ms: {"op":...}".
void log(const CompileRequest &request, const std::string &material, const Expected<std::string> &object, Origin origin,
         std::chrono::steady_clock::duration time) {
  char duration[32];
  std::snprintf(duration, sizeof duration, "%.2f ms", std::chrono::duration<double, std::milli>(time).count());
  bool variant = request.kind == SourceKind::variant;
  logLine("kernel " + Cache::keyOf(material).substr(0, 16) + " for " + request.chip +
          (object ? std::string(" from ") + originNames[static_cast<int>(origin)] + " in " + duration
                  : " not there after " + std::string(duration) + ", " + object.error().message) +
          ": " + (variant ? request.source : "an .mlir module"));
}

} // namespace

Expected<std::string> obtainObject(const CompileRequest &request, bool mayCompile, const CompileLimits &limits) {
  auto begin = std::chrono::steady_clock::now();
  std::string material = keyMaterial(request);
  Origin origin;
  auto object = obtain(request, material, mayCompile, limits, origin);
  if (logIsWanted())
    log(request, material, object, origin, std::chrono::steady_clock::now() - begin);
  return object;
}

} // namespace pa
