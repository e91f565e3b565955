// Loading: good objects, every truncation and many mutations of them, other chips, words that LLVM's decoder crashes
// on.
#include "Runner.h"

#include "runtime/emulator/decode/Disassembler.h"
#include "runtime/emulator/decode/Guard.h"
#include "runtime/emulator/decode/Metadata.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

namespace pa::emu::test {
namespace {

std::vector<uint8_t> someObject(const std::string &chip = "gfx942") {
  KernelSpec spec;
  spec.chip = chip;
  spec.lds = 512;
  spec.kernargBytes = 24;
  return buildObject(spec, "s_load_dwordx4 s[4:7], s[0:1], 0x0\n v_mov_b32 v1, 0\n s_waitcnt lgkmcnt(0)\n s_endpgm");
}

TEST(Loader, readsWhatTheObjectSays) {
  Device device = *Device::create("gfx942");
  std::vector<uint8_t> object = someObject();
  Result<Module> m = device.load(object.data(), object.size());
  ASSERT_TRUE(bool(m)) << m.error().message;
  ASSERT_EQ(m->kernels().size(), 1u);
  const KernelInfo &k = m->kernels()[0];
  EXPECT_EQ(k.name, "k");
  EXPECT_EQ(k.vgprs, 64u);
  EXPECT_EQ(k.accumOffset, 64u);
  EXPECT_EQ(k.ldsBytes, 512u);
  EXPECT_EQ(k.kernargBytes, 24u);
  EXPECT_EQ(k.sgprs, 100u);
  EXPECT_EQ(k.maxWorkgroupSize, 1024u);
  EXPECT_EQ(k.codeBytes, 20u);
  EXPECT_TRUE(m->section(".text").has_value());
  EXPECT_FALSE(m->section(".pa.variant").has_value());
  EXPECT_EQ(*chipOf(object.data(), object.size()), "gfx942");
}

TEST(Loader, anotherChipsObjectIsRefusedWithBothNames) {
  Device device = *Device::create("gfx942");
  std::vector<uint8_t> object = someObject("gfx950");
  Result<Module> m = device.load(object.data(), object.size());
  ASSERT_FALSE(bool(m));
  EXPECT_EQ(m.error().kind, ErrorKind::otherChip);
  EXPECT_EQ(m.error().message, "the object is for gfx950, the device is gfx942");
  object[48] = 0x3f; // gfx90a
  m = device.load(object.data(), object.size());
  ASSERT_FALSE(bool(m));
  EXPECT_NE(m.error().message.find("0x3f) is not one of gfx942, gfx950"), std::string::npos) << m.error().message;
  EXPECT_FALSE(bool(Device::create("gfx90a")));
}

TEST(Loader, everyTruncationIsAnError) {
  Device device = *Device::create("gfx942");
  std::vector<uint8_t> object = someObject();
  for (size_t bytes = 0; bytes < object.size(); ++bytes) {
    std::vector<uint8_t> part(object.begin(), object.begin() + std::ptrdiff_t(bytes));
    Result<Module> m = device.load(part.data(), part.size());
    ASSERT_FALSE(bool(m)) << bytes;
    ASSERT_EQ(m.error().kind, ErrorKind::badObject) << bytes;
    ASSERT_FALSE(m.error().message.empty());
  }
}

// An error or a run to the end, never a crash; a limit of instructions for what becomes an endless loop.
TEST(Loader, mutationsNeverCrash) {
  std::mt19937 random(1);
  std::vector<uint8_t> object = someObject();
  unsigned loaded = 0;
  for (unsigned n = 0; n < 3000; ++n) {
    std::vector<uint8_t> mutant = object;
    for (unsigned m = 0; m <= n % 4; ++m)
      mutant[random() % mutant.size()] = uint8_t(random());
    Device device = *Device::create("gfx942");
    Result<Module> m = device.load(mutant.data(), mutant.size());
    if (!m)
      continue;
    ++loaded;
    for (const KernelInfo &k : m->kernels()) {
      Launch launch;
      launch.kernel = k.name;
      launch.kernarg.resize(std::min(k.kernargBytes, 65536u));
      RunOptions options;
      options.maxInstructions = 10000;
      (void)device.run(*m, launch, options);
    }
  }
  EXPECT_GT(loaded, 500u); // or this tests nothing
}

TEST(Guard, refusesWordsThatCrashLlvm) {
  const uint32_t scaled[4] = {0xd3ad05a9, 0x7a7bb8c7}; // f8f6f4 with a source that is no register
  EXPECT_FALSE(isSafeToDecode(scaled));
  const uint32_t literal[4] = {0xd1cb0000, 0x000000ff}; // v_fma_f32 with a literal
  EXPECT_FALSE(isSafeToDecode(literal));
  const uint32_t selector[4] = {0x020000f9, 0x07060600}; // SDWA selector 7
  EXPECT_FALSE(isSafeToDecode(selector));
  const uint32_t offset[4] = {0xe0500000, 0xff000000}; // a buffer load whose scalar offset is a literal
  EXPECT_FALSE(isSafeToDecode(offset));
  const uint32_t lane[4] = {0xd28900ff, 0x00000100}; // v_readlane_b32 into the literal's code
  EXPECT_FALSE(isSafeToDecode(lane));
  const uint32_t firstLane[4] = {0x7ffe0500}; // v_readfirstlane_b32 too
  EXPECT_FALSE(isSafeToDecode(firstLane));
  const uint32_t plain[4] = {0x7e000300}; // v_mov_b32 v0, v0
  EXPECT_TRUE(isSafeToDecode(plain));
}

// LLVM's decoder crashes on a literal that the code's end cuts off.
TEST(Guard, literalPastTheEnd) {
  const uint32_t literal[2] = {0x7e0002ff, 0x12345678}; // v_mov_b32 v0, 0x12345678
  const auto *bytes = reinterpret_cast<const uint8_t *>(literal);
  for (const char *chip : {"gfx942", "gfx950"}) {
    unsigned length = 0;
    EXPECT_EQ(disassemblerOf(chip).text(bytes, 8, 0, length), "v_mov_b32_e32 v0, 0x12345678");
    EXPECT_EQ(disassemblerOf(chip).text(bytes, 4, 0, length), "");
  }
}

// Objects that clang and lld made: with line tables, calls, version 4, in a bundle.
std::vector<std::string> corpus() {
  std::vector<std::string> files;
  for (const auto &entry : std::filesystem::directory_iterator(PA_EMU_CORPUS)) {
    std::ifstream in(entry.path(), std::ios::binary);
    files.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  return files;
}

// Loads what a file holds; whether it could.
bool loads(const std::string &file) {
  Result<std::string> object = codeObjectIn(file.data(), file.size());
  Result<std::string> chip = object ? chipOf(object->data(), object->size()) : Result<std::string>(object.error());
  if (!chip)
    return false;
  Device device = *Device::create(*chip);
  return bool(device.load(object->data(), object->size()));
}

TEST(Loader, truncationsOfCompilersObjectsAreErrors) {
  std::vector<std::string> files = corpus();
  ASSERT_GE(files.size(), 5u);
  for (const std::string &file : files) {
    ASSERT_TRUE(loads(file));
    for (size_t bytes = 0; bytes < file.size(); ++bytes)
      ASSERT_FALSE(loads(file.substr(0, bytes))) << bytes << " of " << file.size();
  }
}

TEST(Loader, mutationsOfCompilersObjectsNeverCrash) {
  std::mt19937 random(3);
  unsigned loaded = 0;
  for (const std::string &file : corpus())
    for (unsigned n = 0; n < 1000; ++n) {
      std::string mutant = file;
      for (unsigned m = 0; m <= n % 3; ++m)
        mutant[random() % mutant.size()] = char(random());
      loaded += loads(mutant);
    }
  EXPECT_GT(loaded, 1000u); // or this tests nothing
}

// LLVM's document crashes on maps whose keys are no strings.
TEST(Loader, metadataIsLookedAtFirst) {
  struct Case {
    std::vector<uint8_t> blob;
    const char *expected;
  };
  const Case cases[] = {{{0x82, 0xc0, 0x01, 0x90, 0x02}, "a map's key is not a string"},
                        {{0x81, 0x81, 0xa1, 'a', 0x01, 0x02}, "a map's key is not a string"},
                        {{0x82, 0xa1, 'a', 0x01}, "the msgpack document is cut off"},
                        {{0xc1}, "not a msgpack document"},
                        {std::vector<uint8_t>(100, 0x91), "the msgpack document is nested too deeply"},
                        {{0x81, 0xa1, 'a', 0x01}, "no list 'amdhsa.kernels'"}};
  for (const Case &c : cases) {
    std::vector<ObjectKernel> kernels;
    std::string wrong = applyMetadata({reinterpret_cast<const char *>(c.blob.data()), c.blob.size()}, kernels);
    EXPECT_EQ(wrong, c.expected);
  }
}

TEST(Guard, randomWordsDoNotCrashLlvm) {
  const char *more = std::getenv("PA_RANDOM_WORDS"); // bench-random-words
  const unsigned count = more ? unsigned(std::strtoul(more, nullptr, 10)) : 300000;
  std::mt19937 random(2);
  for (const char *chip : {"gfx942", "gfx950"}) {
    const Disassembler &d = disassemblerOf(chip);
    unsigned decoded = 0;
    for (unsigned n = 0; n < count; ++n) {
      uint32_t words[4] = {uint32_t(random()), uint32_t(random()), uint32_t(random()), uint32_t(random())};
      unsigned length = 0;
      decoded += !d.text(reinterpret_cast<const uint8_t *>(words), sizeof words, 0, length).empty();
    }
    EXPECT_GT(decoded, count / 10);
  }
}

} // namespace
} // namespace pa::emu::test
