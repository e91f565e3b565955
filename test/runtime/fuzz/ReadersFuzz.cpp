// libpa's readers of what others wrote: cache entries and replies, code objects, descriptions. The first byte chooses
// one. Any input is either read or refused; a fault, a leak or an overrun is a finding of the sanitizer.
#include "runtime/device/KernelDescription.h"
#include "runtime/jit/Framed.h"

#include <cstdlib>
#include <cstring>
#include <memory>

namespace {

void readFrame(std::string_view bytes) {
  for (std::string_view magic : {pa::cacheMagic, pa::replyMagic})
    if (auto parsed = pa::parseFrame(magic, bytes))
      if (pa::frame(magic, parsed->text, parsed->object) != bytes)
        std::abort();
}

// The digest of random bytes never holds: here it is put right, so that what is behind it is reached.
void readRepairedFrame(std::string_view bytes) {
  size_t half = bytes.size() / 2;
  std::string whole = pa::frame(pa::cacheMagic, bytes.substr(0, half), bytes.substr(half));
  if (!pa::parseFrame(pa::cacheMagic, whole))
    std::abort();
}

void readObject(std::string_view bytes) {
  auto object = pa::CodeObject::parse(bytes.data(), bytes.size());
  if (!object)
    return;
  (void)object->target();
  (void)object->runsOn("gfx942:sramecc+:xnack-");
  (void)pa::readDescription(*object);
}

void readDescription(std::string_view bytes) { (void)pa::parseDescription(bytes); }

constexpr void (*readers[])(std::string_view) = {readFrame, readRepairedFrame, readObject, readDescription};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size == 0)
    return 0;
  // A copy of exactly this size, so that a read past it is one past an allocation.
  std::unique_ptr<char[]> copy(new char[size]);
  std::memcpy(copy.get(), data, size);
  readers[(data[0] - '0') & 3]({copy.get() + 1, size - 1});
  return 0;
}
