#include "runtime/jit/Settings.h"
#include "runtime/jit/Cache.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <thread>

namespace pa {
namespace {

constexpr uint64_t mostProcesses = 1024;

// The variable's value; nothing if it is empty or not set.
std::optional<std::string_view> valueOf(const char *variable) {
  const char *value = std::getenv(variable);
  return value && *value ? std::optional<std::string_view>(value) : std::nullopt;
}

// Digits and nothing else.
std::optional<uint64_t> wholeNumber(std::string_view text) {
  uint64_t number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  bool whole = error == std::errc() && end == text.data() + text.size();
  return whole ? std::optional<uint64_t>(number) : std::nullopt;
}

struct Unit {
  char letter;
  unsigned shift;
};
constexpr Unit units[] = {{'G', 30}, {'M', 20}, {'K', 10}}; // the largest first

std::optional<uint64_t> bytesIn(std::string_view text) {
  unsigned shift = 0;
  for (const Unit &unit : units)
    if (text.back() == unit.letter)
      shift = unit.shift;
  auto number = wholeNumber(text.substr(0, text.size() - (shift ? 1 : 0)));
  return number && *number <= UINT64_MAX >> shift ? std::optional<uint64_t>(*number << shift) : std::nullopt;
}

Error refused(const char *variable, std::string_view got, const char *allowed) {
  return {
      ErrorCode::invalidArgument, std::string(variable) + " is '" + std::string(got) + "', allowed: " + allowed, {}};
}

} // namespace

Expected<unsigned> mostCompilers() {
  auto chosen = valueOf("PA_JIT_PROCESSES");
  if (!chosen)
    return std::clamp(std::thread::hardware_concurrency(), 1u, unsigned(mostProcesses)); // 0: not known
  auto number = wholeNumber(*chosen);
  if (!number || *number < 1 || *number > mostProcesses)
    return refused("PA_JIT_PROCESSES", *chosen, "a whole number from 1 to 1024");
  return unsigned(*number);
}

Expected<uint64_t> cacheLimit() {
  auto chosen = valueOf("PA_CACHE_BYTES");
  if (!chosen)
    return Cache::defaultLimit;
  auto bytes = bytesIn(*chosen);
  if (!bytes || *bytes < 1)
    return refused("PA_CACHE_BYTES", *chosen,
                   "a whole number of bytes from 1, or of KiB, MiB or GiB as in 64K, 512M, 2G");
  return *bytes;
}

std::string inUnits(uint64_t bytes) {
  for (const Unit &unit : units)
    if (bytes && (bytes & ((uint64_t(1) << unit.shift) - 1)) == 0)
      return std::to_string(bytes >> unit.shift) + unit.letter;
  return std::to_string(bytes);
}

} // namespace pa
