// PA_VERIFY=pointers: each address of a call that is too short or leads nowhere is found before the launch.
#include "test/runtime/KernelFile.h"
#include "test/runtime/verify/Launcher.h"

#include <cstdio>

using namespace pa;
using namespace pa::run;

namespace {

std::string hex(uint64_t value) {
  char text[24];
  std::snprintf(text, sizeof text, "0x%llx", static_cast<unsigned long long>(value));
  return text;
}

// Bytes by hand, for contexts of 5 and 40.
struct Field {
  const char *kernel, *name;
  uint64_t pa_decode_args::*field;
  uint64_t bytes;
};
constexpr const char *all = "all-nhd-gfx942"; // heads of 96 and 64 over FP8, 6 over 2, pages of 16, ragged, page lists
constexpr const char *rows = "shuffled-gfx942"; // heads of 128 in bf16, 6 over 2, pages of 16, 4 query tokens
const Field fields[] = {
    {all, "key_cache", &pa_decode_args::key_cache, 16 * 2 * 96}, // of one page
    {all, "value_cache", &pa_decode_args::value_cache, 16 * 2 * 64},
    {all, "key_scales", &pa_decode_args::key_scales, 2 * 16 * 4},
    {all, "value_scales", &pa_decode_args::value_scales, 2 * 16 * 4},
    {all, "block_tables", &pa_decode_args::block_tables, 4},
    {all, "context_lens", &pa_decode_args::context_lens, 2 * 4},
    {all, "kv_indptr", &pa_decode_args::kv_indptr, 3 * 4},
    {all, "qo_indptr", &pa_decode_args::qo_indptr, 3 * 4},
    {all, "alibi_slopes", &pa_decode_args::alibi_slopes, 6 * 4},
    {all, "sinks", &pa_decode_args::sinks, 6 * 4},
    {rows, "query", &pa_decode_args::query, 8 * 6 * 128 * 2},
    {rows, "output", &pa_decode_args::output, 8 * 6 * 128 * 2},
    {rows, "lse", &pa_decode_args::lse, 8 * 6 * 4},
    {rows, "key_cache", &pa_decode_args::key_cache, 16 * 2 * 128 * 2},
    {rows, "value_cache", &pa_decode_args::value_cache, 16 * 2 * 128 * 2},
    {rows, "block_tables", &pa_decode_args::block_tables, 2 * 5 * 4},
    {rows, "context_lens", &pa_decode_args::context_lens, 2 * 4},
    {"unreset-gfx942", "workspace", &pa_decode_args::workspace, 256 + 2 * 2 * 16},
    {"user-score-gfx942", "score_tensors[1]", nullptr, 4},
};

class Pointers : public testing::TestWithParam<const char *> {
protected:
  // What is said of a call with `field` changed to what `address` gives.
  Status launchWith(const Field &field, const std::function<uint64_t(Device &)> &address) {
    auto device = openChecked(GetParam(), "gfx942", "pointers");
    InputOptions options;
    options.contexts = {5, 40};
    if (field.kernel == rows)
      options.tableWidth = 5;
    return launch(*device, kernelFile(field.kernel), options, 1, [&](pa_decode_args &args, Device &on) {
      (field.field ? args.*field.field : args.score_tensors[1]) = address(on);
    });
  }
};
INSTANTIATE_TEST_SUITE_P(Devices, Pointers, testing::Values("emulated", "hip"),
                         [](const auto &info) { return std::string(info.param); });

TEST_P(Pointers, allocationsThatAreTooShortAreFound) {
  for (const Field &field : fields) {
    SCOPED_TRACE(field.kernel + std::string(" ") + field.name);
    uint64_t address = 0;
    Status status =
        launchWith(field, [&](Device &device) { return address = *device.allocate("short", field.bytes - 1); });
    ASSERT_FALSE(status);
    EXPECT_EQ(ErrorCode::invalidArgument, status.error().code);
    std::string shortened = std::to_string(field.bytes - 1);
    std::string name = std::string(GetParam()) == "hip" ? "" : " 'short'"; // HIP keeps no names
    EXPECT_EQ("kernel 'decode_naive': " + std::string(field.name) + " is " + hex(address) + ", needs " +
                  std::to_string(field.bytes) + " bytes, its allocation" + name + " of " + shortened + " bytes at " +
                  hex(address) + " ends after " + shortened,
              status.error().message);
  }
}

// What is exactly as long is nothing that the host can know better.
TEST_P(Pointers, allocationsThatAreJustLongEnoughAreNot) {
  if (std::string(GetParam()) == "hip")
    return; // where a fault of the kernel's, which needs more pages, would be the end of the device
  for (const Field &field : fields) {
    SCOPED_TRACE(field.kernel + std::string(" ") + field.name);
    Status status = launchWith(field, [&](Device &device) {
      uint64_t address = *device.allocate("enough", field.bytes);
      EXPECT_TRUE(device.fill(address, 0, field.bytes));
      return address;
    });
    if (!status)
      EXPECT_EQ(std::string::npos, status.error().message.find(", needs ")) << status.error().message;
  }
}

TEST_P(Pointers, aPlaceInAnAllocationCounts) {
  uint64_t base = 0;
  Status status = launchWith(fields[1], [&](Device &device) { return (base = *device.allocate("pool", 4096)) + 3072; });
  ASSERT_FALSE(status);
  EXPECT_TRUE(
      has(status.error().message, ": value_cache is " + hex(base + 3072) + ", needs 2048 bytes, its allocation"));
  EXPECT_TRUE(has(status.error().message, " of 4096 bytes at " + hex(base) + " ends after 1024"));
}

TEST_P(Pointers, addressesOfNothingAndOfWhatIsReleasedAreFound) {
  for (const Field &field : fields) {
    SCOPED_TRACE(field.kernel + std::string(" ") + field.name);
    Status status = launchWith(field, [](Device &) { return uint64_t(0x10000); });
    ASSERT_FALSE(status);
    EXPECT_TRUE(has(status.error().message, field.name + std::string(" is 0x10000, needs ") +
                                                std::to_string(field.bytes) + " bytes, no allocation of "));
  }
  Status status = launchWith(fields[0], [](Device &device) {
    uint64_t address = *device.allocate("gone", 1 << 20);
    EXPECT_TRUE(device.release(address));
    return address;
  });
  ASSERT_FALSE(status);
  EXPECT_TRUE(has(status.error().message, " holds it"));
}

TEST_P(Pointers, rightCallsPass) {
  auto device = openChecked(GetParam(), "gfx942", "pointers");
  InputOptions options;
  options.contexts = {5, 40, 0, 17};
  for (const char *packing : {"dense", "padded", "packed"}) {
    options.packing = packing[0] == 'd' ? Packing::dense : packing[2] == 'd' ? Packing::padded : Packing::packed;
    for (const char *kernel : {all, rows, "int8-head-gfx942", "classic-gfx942", "sizes-gfx942"}) {
      Status status = launch(*device, kernelFile(kernel), options);
      EXPECT_TRUE(status) << kernel << ", " << packing << ": " << status.error().message;
    }
  }
}

} // namespace
