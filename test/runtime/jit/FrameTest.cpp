// The checksum against LLVM's, and frames that are not whole.
#include "runtime/jit/Framed.h"
#include "runtime/jit/Sha256.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/SHA256.h"

#include <gtest/gtest.h>

#include <random>

using namespace pa;

namespace {

std::string bytesOf(size_t count, unsigned seed) {
  std::mt19937 random(seed);
  std::string bytes(count, 0);
  for (char &byte : bytes)
    byte = char(random());
  return bytes;
}

Digest llvms(const std::string &bytes) {
  return llvm::SHA256::hash(llvm::ArrayRef<uint8_t>(reinterpret_cast<const uint8_t *>(bytes.data()), bytes.size()));
}

TEST(Sha256, isLlvms) {
  for (unsigned size = 0; size < 300; ++size) {
    std::string bytes = bytesOf(size, size);
    EXPECT_EQ(llvms(bytes), sha256(bytes)) << size;
  }
  std::string much = bytesOf(1 << 20, 1);
  Sha256 inParts;
  for (size_t at = 0, part = 1; at < much.size(); at += part, part = part * 3 % 1009 + 1)
    inParts.add(std::string_view(much).substr(at, part));
  EXPECT_EQ(llvms(much), inParts.digest());
  // FIPS 180-4, example of one block.
  EXPECT_EQ("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", hex(sha256("abc")));
}

TEST(Framed, wholeOnesComeBack) {
  for (const char *object : {"", "an object"}) {
    std::string bytes = frame(cacheMagic, "text", object);
    auto parsed = parseFrame(cacheMagic, bytes);
    ASSERT_TRUE(parsed);
    EXPECT_EQ("text", parsed->text);
    EXPECT_EQ(object, parsed->object);
    EXPECT_FALSE(parseFrame(replyMagic, bytes));
  }
}

TEST(Framed, everyChangeIsNoticed) {
  const std::string whole = frame(cacheMagic, "the material", bytesOf(200, 7));
  for (size_t at = 0; at < whole.size(); ++at)
    for (int bit = 0; bit < 8; ++bit) {
      std::string changed = whole;
      changed[at] = char(changed[at] ^ (1 << bit));
      EXPECT_FALSE(parseFrame(cacheMagic, changed)) << at;
    }
  for (size_t size = 0; size < whole.size(); ++size)
    EXPECT_FALSE(parseFrame(cacheMagic, std::string(whole.data(), size))) << size;
  EXPECT_FALSE(parseFrame(cacheMagic, whole + "x"));
}

} // namespace
