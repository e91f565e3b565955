#include "compiler/tools/CacheCommand.h"
#include "runtime/jit/Cache.h"
#include "runtime/jit/Settings.h"

#include <cstdio>
#include <cstring>

namespace pa {
namespace {

constexpr const char *usage = "usage: pa-compile cache ls|verify|clear [FOLDER]\n";

int fail(const std::string &message) {
  std::fprintf(stderr, "pa-compile: error: %s\n", message.c_str());
  return 1;
}

void print(const CacheEntry &entry) {
  std::printf("%.16s  %8llu bytes  %s\n", entry.key.c_str(), (unsigned long long)entry.bytes,
              entry.valid ? entry.material.c_str() : "damaged");
}

int list(const Cache &cache) {
  auto entries = cache.entries();
  unsigned long long bytes = 0;
  for (const CacheEntry &entry : entries) {
    print(entry);
    bytes += entry.bytes;
  }
  std::printf("%zu kernels, %llu bytes of at most %s\n", entries.size(), bytes, inUnits(cache.limit()).c_str());
  return 0;
}

// Only what is damaged is shown.
int verify(const Cache &cache) {
  size_t whole = 0, damaged = 0;
  for (const CacheEntry &entry : cache.entries()) {
    ++(entry.valid ? whole : damaged);
    if (!entry.valid)
      print(entry);
  }
  std::printf("%zu whole, %zu damaged\n", whole, damaged);
  return damaged ? 1 : 0;
}

int clear(const Cache &cache) {
  Status status = cache.clear();
  return status ? 0 : fail(status.error().message);
}

struct Command {
  const char *name;
  int (*run)(const Cache &);
};
constexpr Command commands[] = {{"ls", list}, {"verify", verify}, {"clear", clear}};

} // namespace

int cacheCommand(int argc, char **argv) {
  for (const Command &command : commands) {
    if (argc < 3 || argc > 4 || std::strcmp(argv[2], command.name) != 0)
      continue;
    auto limit = cacheLimit();
    if (!limit)
      return fail(limit.error().message);
    auto cache = Cache::open(argc == 4 ? argv[3] : Cache::defaultFolder(), *limit);
    return cache ? command.run(*cache) : fail(cache.error().message);
  }
  return fail(usage);
}

} // namespace pa
