// libpa's readers of what others wrote: cache entries and replies, code objects, descriptions, bundles, variants. The
// first byte chooses one. Any input is either read or refused; a fault, a leak or an overrun is a finding of the
// sanitizer.
#include "compiler/variant/Nearest.h"
#include "runtime/device/KernelDescription.h"
#include "runtime/jit/Bundle.h"
#include "runtime/jit/Framed.h"
#include "runtime/jit/Identity.h"
#include "runtime/jit/Sha256.h"

#include <cstdlib>
#include <cstring>
#include <iterator>
#include <memory>
#include <sys/mman.h>
#include <unistd.h>

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
  (void)pa::readAnyDescription(*object);
}

void readDescription(std::string_view bytes) {
  bool decode(pa::parseDescription(bytes)), any(pa::parseAnyDescription(bytes));
  if (decode && !any)
    std::abort();
}

void readBundle(std::string_view bytes) {
  static const int file = memfd_create("bundle", MFD_CLOEXEC);
  static const std::string path = "/proc/self/fd/" + std::to_string(file);
  if (ftruncate(file, 0) != 0 || pwrite(file, bytes.data(), bytes.size(), 0) != ssize_t(bytes.size()))
    std::abort();
  auto bundle = pa::Bundle::open(path);
  if (!bundle)
    return;
  auto found = bundle->find("material");
  if (found && *found && bytes.find(**found) == std::string_view::npos)
    std::abort();
}

// An index that is right, with a row for what is looked for, and any numbers in it.
void readRepairedBundle(std::string_view bytes) {
  pa::Digest key = pa::sha256("material");
  std::string rows(reinterpret_cast<const char *>(key.data()), key.size());
  rows += bytes.substr(0, 16);
  rows.resize(48);
  std::string index = pa::frame("PAINDEX1", pa::compilerIdentity(), rows), whole = "PABUNDL1";
  pa::appendNumber(whole, index.size());
  whole += index;
  whole += pa::frame(pa::cacheMagic, "material", bytes);
  readBundle(whole);
}

// What a variant says is said again by its own text, and the query of support has an answer for it, and one of what to
// ask for instead.
void readVariant(std::string_view bytes) {
  auto parsed = pa::parseAnyVariant(bytes);
  if (!parsed.errors.empty())
    return;
  std::string text = printAnyVariant(parsed.variant);
  auto again = pa::parseAnyVariant(text);
  if (!again.errors.empty() || printAnyVariant(again.variant) != text)
    std::abort();
  for (const char *name : {"gfx942", "gfx950"}) {
    const pa::Chip &chip = *pa::findChip(name);
    for (const pa::Reason &reason : pa::whyNot(parsed.variant, chip))
      if (reason.text().empty())
        std::abort();
    if (pa::whyNot(parsed.variant, chip).empty() != pa::nearestSupported(parsed.variant, chip).empty())
      std::abort();
  }
}

constexpr void (*readers[])(std::string_view) = {readFrame,  readRepairedFrame,  readObject, readDescription,
                                                 readBundle, readRepairedBundle, readVariant};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size == 0)
    return 0;
  // A copy of exactly this size, so that a read past it is one past an allocation.
  std::unique_ptr<char[]> copy(new char[size]);
  std::memcpy(copy.get(), data, size);
  readers[uint8_t(data[0] - '0') % std::size(readers)]({copy.get() + 1, size - 1});
  return 0;
}
