#include "runtime/device/CodeObject.h"
#include "test/runtime/KernelFile.h"

#include <cstring>
#include <random>

using namespace pa;

namespace {

std::string errorOf(const std::string &file) {
  auto object = CodeObject::parse(file.data(), file.size());
  if (object)
    return "";
  EXPECT_EQ(ErrorCode::invalidObject, object.error().code);
  return object.error().message;
}

template <class T> std::string patched(std::string file, size_t offset, T value) {
  std::memcpy(&file[offset], &value, sizeof value);
  return file;
}

// Offsets in an ELF64 header, from the format's specification.
constexpr size_t atClass = 4, atData = 5, atOsAbi = 7, atType = 16, atMachine = 18, atProgramHeaders = 32,
                 atSectionHeaders = 40, atFlags = 48, atProgramHeaderSize = 54, atSectionHeaderSize = 58,
                 atSectionCount = 60, atNameSection = 62;

TEST(CodeObject, readsChipAndSections) {
  for (std::string chip : {"gfx942", "gfx950"}) {
    std::string file = kernelFile("nhd-" + chip);
    auto object = CodeObject::parse(file.data(), file.size());
    ASSERT_TRUE(object) << object.error().message;
    EXPECT_EQ(chip, object->chip());
    ASSERT_TRUE(object->section(".pa.variant"));
    EXPECT_TRUE(has(std::string(*object->section(".pa.variant")), "{\"pa\":2,\"kernel\":\"decode_naive\""));
    EXPECT_TRUE(object->section(".text"));
    EXPECT_FALSE(object->section(".pa"));
  }
}

// EF_AMDGPU_FEATURE_* as in LLVM's ELF.h: XNACK any, off, on at bit 8, SRAMECC likewise at bit 10.
TEST(CodeObject, runsOnDevicesWithTheFeaturesItIsBoundTo) {
  std::string file = kernelFile("nhd-gfx942");
  constexpr uint32_t gfx942 = 0x4c;
  struct {
    uint32_t features;
    const char *target;
    bool withXnackOff, withXnackOn;
  } const cases[] = {
      {0x500, "gfx942", true, true},
      {0x600, "gfx942:xnack-", true, false},
      {0x700, "gfx942:xnack+", false, true},
      {0xd00, "gfx942:sramecc+", true, true},
      {0x900, "gfx942:sramecc-", false, false},
      {0xf00, "gfx942:sramecc+:xnack+", false, true},
  };
  for (const auto &tested : cases) {
    std::string bound = patched(file, atFlags, gfx942 | tested.features);
    auto object = CodeObject::parse(bound.data(), bound.size());
    ASSERT_TRUE(object);
    EXPECT_EQ(tested.target, object->target());
    EXPECT_EQ(tested.withXnackOff, object->runsOn("gfx942:sramecc+:xnack-")) << tested.target;
    EXPECT_EQ(tested.withXnackOn, object->runsOn("gfx942:sramecc+:xnack+")) << tested.target;
    EXPECT_TRUE(object->runsOn("gfx942"));
    EXPECT_FALSE(object->runsOn("gfx950:sramecc+:xnack-"));
    EXPECT_FALSE(object->runsOn("gfx94"));
  }
}

TEST(CodeObject, everyTruncationIsAnError) {
  std::string file = kernelFile("nhd-gfx942");
  ASSERT_GT(file.size(), 1000u);
  for (size_t size = 0; size < file.size(); ++size) {
    // A copy of exactly this size, so that a read past it is one past an allocation.
    std::vector<char> part(file.begin(), file.begin() + size);
    auto object = CodeObject::parse(part.data(), part.size());
    ASSERT_FALSE(object) << size;
    ASSERT_EQ(ErrorCode::invalidObject, object.error().code);
    ASSERT_TRUE(has(object.error().message, "truncated?")) << size;
  }
}

TEST(CodeObject, foreignFilesAreRefusedByField) {
  std::string file = kernelFile("nhd-gfx942");
  EXPECT_EQ(
      "not a code object for an AMD GPU: the ELF header at offset 0, 64 bytes, is not inside the file of 63 bytes "
      "(truncated?)",
      errorOf(file.substr(0, 63)));
  EXPECT_TRUE(has(errorOf("module {\n" + std::string(100, ' ')), "it does not start with the ELF magic"));
  EXPECT_TRUE(has(errorOf(patched(file, atClass, uint8_t(1))), "ELF class is 1, expected 2"));
  EXPECT_TRUE(has(errorOf(patched(file, atData, uint8_t(2))), "ELF data encoding is 2, expected 1"));
  EXPECT_TRUE(has(errorOf(patched(file, atMachine, uint16_t(62))), "ELF machine is 62, expected 224"));
  EXPECT_TRUE(has(errorOf(patched(file, atOsAbi, uint8_t(0))), "ELF OS ABI is 0, expected 64"));
  EXPECT_TRUE(has(errorOf(patched(file, atType, uint16_t(1))), "ELF type is 1, expected 3"));
  EXPECT_TRUE(
      has(errorOf(patched(file, atSectionHeaderSize, uint16_t(40))), "size of a section header is 40, expected 64"));
  EXPECT_TRUE(
      has(errorOf(patched(file, atProgramHeaderSize, uint16_t(32))), "size of a program header is 32, expected 56"));
  EXPECT_TRUE(has(errorOf(patched(file, atSectionCount, uint16_t(0))), "of 0 sections"));
  EXPECT_TRUE(has(errorOf(patched(file, atNameSection, uint16_t(999))), "section of names is number 999"));
  EXPECT_TRUE(has(errorOf(patched(file, atProgramHeaders, ~uint64_t(0))), "the table of program headers"));
  EXPECT_TRUE(has(errorOf(patched(file, atSectionHeaders, ~uint64_t(0) - 10)), "the table of section headers"));
}

TEST(CodeObject, sectionsOutsideTheFileAreRefusedByName) {
  std::string file = kernelFile("nhd-gfx942");
  uint64_t table;
  std::memcpy(&table, &file[atSectionHeaders], 8);
  size_t first = table + 64; // section 1; its name, type and offset at +0, +4, +24, +32
  EXPECT_TRUE(has(errorOf(patched(file, first + 24, uint64_t(1) << 63)), "section '.note' at offset"));
  EXPECT_TRUE(has(errorOf(patched(file, first + 32, ~uint64_t(0))), "section '.note' at offset"));
  EXPECT_TRUE(has(errorOf(patched(file, first, uint32_t(0xffffff))),
                  "the name of section 1 at 16777215 does not end inside the section of "
                  "names, "));
}

TEST(CodeObject, unknownChipHasNoName) {
  std::string file = patched(kernelFile("nhd-gfx942"), atFlags, uint32_t(0x7f));
  auto object = CodeObject::parse(file.data(), file.size());
  ASSERT_TRUE(object);
  EXPECT_EQ("", object->chip());
  EXPECT_EQ(0x7fu, object->mach());
}

// No fault and no hang, whatever the bytes: run under the sanitizers by `make asan`.
TEST(CodeObject, damagedBytesNeverFault) {
  std::string file = kernelFile("nhd-gfx942");
  std::mt19937 random(1);
  for (int round = 0; round < 20000; ++round) {
    std::string damaged = file;
    for (int i = 0; i < 4; ++i)
      damaged[i & 1 ? random() % 64 : random() % file.size()] = static_cast<char>(random());
    auto object = CodeObject::parse(damaged.data(), damaged.size());
    if (object)
      (void)object->section(".pa.variant");
  }
}

} // namespace
