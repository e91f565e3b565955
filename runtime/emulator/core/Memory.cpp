#include "runtime/emulator/core/MemoryImpl.h"
#include "runtime/emulator/core/Text.h"

#include <sys/mman.h>

#include <algorithm>

namespace pa::emu {
namespace {

uint64_t roundUp(uint64_t x, uint64_t step) { return (x + step - 1) / step * step; }

Error memoryError(std::string message) {
  Error e;
  e.kind = ErrorKind::badMemory;
  e.message = std::move(message);
  return e;
}

} // namespace

void Allocation::putUndefined(uint64_t offset, unsigned count, uint32_t bits) {
  uint32_t unlike = definedAtFirst ? bits : ~bits & uint32_t((1ull << count) - 1);
  if (ofHost || (!changed && unlike == 0))
    return;
  if (!changed)
    changed = std::make_unique<SparseBits>(window.size);
  changed->put(offset, count, unlike);
}

void Allocation::setDefined(uint64_t offset, uint64_t count) {
  if (!mayBeUndefined())
    return;
  if (!changed)
    changed = std::make_unique<SparseBits>(window.size);
  changed->set(offset, count, !definedAtFirst);
}

uint64_t Allocation::firstUndefined(uint64_t offset, uint64_t count) const {
  if (!changed)
    return definedAtFirst ? offset + count : offset;
  return changed->firstUnlike(offset, count, !definedAtFirst);
}

void Allocation::forgetUndefined() {
  definedAtFirst = true;
  changed.reset();
}

bool Memory::Impl::mayBeUndefined() const {
  return std::any_of(all.begin(), all.end(), [](const Allocation &a) { return !a.freed && a.mayBeUndefined(); });
}
void Memory::Impl::forgetUndefined() {
  for (Allocation &a : all)
    a.forgetUndefined();
}

const Allocation *Memory::Impl::find(uint64_t address) const {
  auto after = byAddress.upper_bound(address);
  if (after == byAddress.begin())
    return nullptr;
  const Allocation *a = std::prev(after)->second;
  return !a->freed && a->window.holds(address, 1) ? a : nullptr;
}

const Allocation *Memory::Impl::overlapping(uint64_t base, uint64_t bytes) const {
  auto at = byAddress.upper_bound(base);
  if (at != byAddress.begin())
    --at;
  for (; at != byAddress.end() && at->first < base + bytes; ++at)
    if (!at->second->freed && at->first + at->second->mappedBytes > base)
      return at->second;
  return nullptr;
}

const Allocation *Memory::Impl::nearest(uint64_t address, uint64_t &distance) const {
  const Allocation *best = nullptr;
  auto consider = [&](const Allocation *a) {
    uint64_t base = a->window.base, end = base + a->window.size;
    uint64_t d = address < base ? base - address : address < end ? 0 : address - end;
    if (!best || d < distance) {
      best = a;
      distance = d;
    }
  };
  auto after = byAddress.upper_bound(address);
  if (after != byAddress.begin())
    consider(std::prev(after)->second);
  if (after != byAddress.end())
    consider(after->second);
  return best;
}

Memory::Memory() : state(std::make_unique<Impl>()) {}
Memory::~Memory() {
  for (Allocation &a : state->all)
    if (!a.freed && !a.ofHost)
      munmap(a.window.host, a.mappedBytes);
}

Result<uint64_t> Memory::allocate(const std::string &name, uint64_t bytes, const AllocationOptions &options) {
  Impl &m = *state;
  uint64_t base = options.address ? options.address : m.next;
  uint64_t mapped = roundUp(std::max<uint64_t>(bytes, 1), Impl::page);
  if (bytes > Impl::endAddress || base >= Impl::endAddress || Impl::endAddress - base < mapped)
    return memoryError(format("allocation '%s' of %llu bytes does not fit the 48-bit address space", name.c_str(),
                              (unsigned long long)bytes));
  if (options.address && (base % Impl::page || base < (1ull << 32)))
    return memoryError(format("allocation '%s': address 0x%llx is not a multiple of 4096 at or above 2^32",
                              name.c_str(), (unsigned long long)base));
  auto after = m.byAddress.upper_bound(base + mapped - 1);
  if (after != m.byAddress.begin()) {
    const Allocation *before = std::prev(after)->second;
    if (before->window.base + before->mappedBytes > base)
      return memoryError(format("allocation '%s' at 0x%llx overlaps '%s'", name.c_str(), (unsigned long long)base,
                                before->name.c_str()));
  }
  void *host = mmap(nullptr, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (host == MAP_FAILED)
    return memoryError(
        format("allocation '%s': the host cannot reserve %llu bytes", name.c_str(), (unsigned long long)bytes));
  Allocation &a = m.all.emplace_back();
  a.name = name;
  a.mappedBytes = mapped;
  a.definedAtFirst = options.defined;
  a.window = {base, bytes, static_cast<uint8_t *>(host), uint32_t(m.all.size() - 1), options.readOnly};
  m.byAddress[base] = &a;
  m.next = std::max(m.next, roundUp(base + mapped, Impl::page) + Impl::gap);
  return base;
}

Status Memory::map(const std::string &name, void *host, uint64_t bytes) {
  Impl &m = *state;
  auto base = reinterpret_cast<uint64_t>(host);
  if (bytes == 0 || base >= Impl::endAddress || Impl::endAddress - base < bytes)
    return memoryError(format("mapping '%s' of %llu bytes at 0x%llx does not fit the 48-bit address space",
                              name.c_str(), (unsigned long long)bytes, (unsigned long long)base));
  if (const Allocation *other = m.overlapping(base, bytes))
    return memoryError(
        format("mapping '%s' at 0x%llx overlaps '%s'", name.c_str(), (unsigned long long)base, other->name.c_str()));
  // The host's allocator gives addresses again: what was mapped there before is forgotten.
  auto old = m.byAddress.lower_bound(base);
  while (old != m.byAddress.end() && old->first < base + bytes)
    old = m.byAddress.erase(old);
  Allocation &a = m.all.emplace_back();
  a.name = name;
  a.mappedBytes = bytes;
  a.ofHost = true;
  a.window = {base, bytes, static_cast<uint8_t *>(host), uint32_t(m.all.size() - 1), false};
  m.byAddress[base] = &a;
  return {};
}

Status Memory::free(uint64_t address) {
  auto found = state->byAddress.find(address);
  if (found == state->byAddress.end() || found->second->freed)
    return memoryError(format("free of 0x%llx, where no allocation begins", (unsigned long long)address));
  Allocation &a = *found->second;
  if (!a.ofHost)
    munmap(a.window.host, a.mappedBytes);
  a.window.host = nullptr;
  a.freed = true;
  a.forgetUndefined();
  return {};
}

std::optional<AllocatedRange> Memory::holding(uint64_t address) const {
  const Allocation *a = state->find(address);
  return a ? std::make_optional(AllocatedRange{a->name, a->window.base, a->window.size}) : std::nullopt;
}

Result<uint8_t *> Memory::host(uint64_t address, uint64_t bytes) const {
  const Allocation *a = state->find(address);
  if (a && a->window.holds(address, bytes))
    return a->window.host + (address - a->window.base);
  if (bytes == 0)
    return static_cast<uint8_t *>(nullptr);
  uint64_t distance = 0;
  const Allocation *near = state->nearest(address, distance);
  return memoryError(format("%llu bytes at 0x%llx are not inside one allocation%s", (unsigned long long)bytes,
                            (unsigned long long)address,
                            near ? (" (nearest: '" + near->name + "' of " + std::to_string(near->window.size) +
                                    " bytes" + (near->freed ? ", freed" : "") + ")")
                                       .c_str()
                                 : ""));
}

namespace {

// What the host writes as a whole exists as a whole: large pages of the host save it most of the misses of its
// translation buffers. What kernels touch here and there stays on small ones.
void preferLargePages(uint8_t *host, uint64_t bytes) {
  constexpr uint64_t large = 2ull << 20;
  uint64_t at = reinterpret_cast<uint64_t>(host), first = roundUp(at, large), end = (at + bytes) / large * large;
  if (first < end)
    madvise(host + (first - at), end - first, MADV_HUGEPAGE); // a wish
}

// The host has written the range.
void setDefined(const Memory::Impl &m, uint64_t address, uint64_t bytes) {
  if (const Allocation *a = bytes ? m.find(address) : nullptr)
    const_cast<Allocation *>(a)->setDefined(address - a->window.base, bytes);
}

} // namespace

Status Memory::write(uint64_t address, const void *source, uint64_t bytes) {
  Result<uint8_t *> p = host(address, bytes);
  if (!p)
    return p.error();
  preferLargePages(*p, bytes);
  if (bytes)
    std::memcpy(*p, source, bytes);
  setDefined(*state, address, bytes);
  return {};
}

Status Memory::read(uint64_t address, void *target, uint64_t bytes) const {
  Result<uint8_t *> p = host(address, bytes);
  if (!p)
    return p.error();
  if (bytes == 0)
    return {};
  std::memcpy(target, *p, bytes);
  const Allocation *a = state->find(address);
  uint64_t offset = address - a->window.base, undefined = a->firstUndefined(offset, bytes);
  if (undefined == offset + bytes)
    return {};
  Error e = memoryError(
      format("the host reads byte %llu of '%s', which is undefined", (unsigned long long)undefined, a->name.c_str()));
  e.kind = ErrorKind::undefinedValue;
  e.address = a->window.base + undefined;
  e.allocation = a->name;
  return e;
}

Status Memory::fill(uint64_t address, uint8_t value, uint64_t bytes) {
  Result<uint8_t *> p = host(address, bytes);
  if (!p)
    return p.error();
  preferLargePages(*p, bytes);
  if (bytes)
    std::memset(*p, value, bytes);
  setDefined(*state, address, bytes);
  return {};
}

} // namespace pa::emu
