// Bytes that say themselves whether they are whole: a cache entry in its file, and the compiler's reply on its pipe.
//
//   8 bytes  magic
//   32       SHA-256 of all that follows
//   8        bytes of the text, little-endian
//   8        bytes of the object
//   ...      text, object; nothing after them
//
// Any byte that is changed, missing or too many makes it invalid.
#ifndef PA_RUNTIME_JIT_FRAMED_H
#define PA_RUNTIME_JIT_FRAMED_H

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pa {

constexpr std::string_view cacheMagic = "PACACHE1", replyMagic = "PAREPLY1";

struct Framed {
  std::string_view text, object; // in the bytes that were parsed
};

std::string frame(std::string_view magic, std::string_view text, std::string_view object);
// Nothing if the bytes are not a whole frame of this magic.
std::optional<Framed> parseFrame(std::string_view magic, std::string_view bytes);

// Eight bytes, little-endian; reading needs as many.
void appendNumber(std::string &out, uint64_t number);
uint64_t readNumber(std::string_view bytes);

} // namespace pa

#endif
