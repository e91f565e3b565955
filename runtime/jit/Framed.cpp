#include "runtime/jit/Framed.h"
#include "runtime/jit/Sha256.h"

#include <cstring>

namespace pa {
namespace {

constexpr size_t magicBytes = 8, digestBytes = sizeof(Digest), sizeBytes = 16;
constexpr size_t headerBytes = magicBytes + digestBytes + sizeBytes;

} // namespace

void appendNumber(std::string &out, uint64_t number) {
  for (int i = 0; i < 8; ++i)
    out += char(number >> 8 * i);
}

uint64_t readNumber(std::string_view bytes) {
  uint64_t number = 0;
  for (size_t i = 0; i < 8; ++i)
    number |= uint64_t(uint8_t(bytes[i])) << 8 * i;
  return number;
}

std::string frame(std::string_view magic, std::string_view text, std::string_view object) {
  std::string rest;
  rest.reserve(sizeBytes + text.size() + object.size());
  appendNumber(rest, text.size());
  appendNumber(rest, object.size());
  rest.append(text).append(object);
  Digest digest = sha256(rest);
  std::string whole(magic);
  whole.append(reinterpret_cast<const char *>(digest.data()), digest.size());
  return whole + rest;
}

std::optional<Framed> parseFrame(std::string_view magic, std::string_view bytes) {
  if (bytes.size() < headerBytes || bytes.substr(0, magicBytes) != magic)
    return std::nullopt;
  std::string_view rest = bytes.substr(magicBytes + digestBytes);
  uint64_t textBytes = readNumber(rest), objectBytes = readNumber(rest.substr(8));
  uint64_t payload = rest.size() - sizeBytes;
  if (textBytes > payload || objectBytes != payload - textBytes)
    return std::nullopt;
  Digest digest = sha256(rest);
  if (std::memcmp(digest.data(), bytes.data() + magicBytes, digestBytes) != 0)
    return std::nullopt;
  return Framed{rest.substr(sizeBytes, textBytes), rest.substr(sizeBytes + textBytes)};
}

} // namespace pa
