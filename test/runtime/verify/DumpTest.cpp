// PA_DUMP_DIR: what failed on a device fails under pa-emu in the same way, or gives the same bits.
#include "compiler/tools/run/Process.h"
#include "test/runtime/KernelFile.h"
#include "test/runtime/verify/Launcher.h"

#include <filesystem>

using namespace pa;
using namespace pa::run;

namespace {

class Dump : public testing::TestWithParam<const char *> {
protected:
  void SetUp() override {
    auto made = TemporaryFolder::make();
    ASSERT_TRUE(made);
    folder = std::make_unique<TemporaryFolder>(std::move(*made));
    setenv("PA_DUMP_DIR", folder->file("dumps").c_str(), 1);
  }
  void TearDown() override {
    unsetenv("PA_DUMP_DIR");
    std::filesystem::remove_all(folder->file("dumps"));
  }
  // The description that an error's text names.
  static std::string pathIn(const std::string &text) {
    const std::string before = "; the launch is in '";
    size_t at = text.find(before);
    EXPECT_NE(std::string::npos, at) << text;
    return at == std::string::npos ? "" : text.substr(at + before.size(), text.size() - at - before.size() - 1);
  }
  // What pa-emu says of it.
  static std::string replayed(const std::string &path) {
    auto output = runProcess("/bin/sh", {"-c", "cd / && " PA_EMU " run " + path + " 2>&1 || true"});
    EXPECT_TRUE(output) << output.error().message;
    return output ? *output : "";
  }
  std::unique_ptr<TemporaryFolder> folder;
};
INSTANTIATE_TEST_SUITE_P(Devices, Dump, testing::Values("emulated", "hip"),
                         [](const auto &info) { return std::string(info.param); });

TEST_P(Dump, aWrongResultIsGivenAgainToTheBit) {
  for (const char *kernel : {"wrong-window-gfx942", "wrong-scale-gfx942", "wrong-slope-gfx942"}) {
    SCOPED_TRACE(kernel);
    auto device = openChecked(GetParam(), "gfx942", "results");
    InputOptions options;
    options.contexts = {40, 65, 3};
    pa_decode_args seen = {};
    std::string output;
    Status status = launch(
        *device, kernelFile(kernel), options, 8, [&](pa_decode_args &args, Device &) { seen = args; },
        [&](Device &on) {
          output.resize(3 * size_t(seen.output_token_stride));
          EXPECT_TRUE(on.copyFrom(output.data(), seen.output, output.size()));
        });
    ASSERT_FALSE(status);
    EXPECT_EQ(ErrorCode::wrongResult, status.error().code);
    std::string path = pathIn(status.error().message);
    EXPECT_TRUE(has(replayed(path), "instructions of "));
    auto again = readFile(path.substr(0, path.rfind('/')) + "/output.bin");
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(output, *again);
    auto said = readFile(path.substr(0, path.rfind('/')) + "/error.txt");
    ASSERT_TRUE(said);
    EXPECT_TRUE(has(status.error().message, said->substr(0, said->size() - 1)));
  }
}

// The kernel's own fault, by the same instruction.
TEST_P(Dump, aFaultIsFoundAgain) {
  if (std::string(GetParam()) == "hip")
    return; // where memory is gone with the kernel
  auto device = openChecked("emulated", "gfx942", "pointers");
  InputOptions options;
  options.contexts = {40};
  Status status = launch(*device, kernelFile("shuffled-gfx942"), options, 1, [](pa_decode_args &args, Device &on) {
    int32_t entry = 123456;
    EXPECT_TRUE(on.copyTo(args.block_tables + 4, &entry, sizeof entry));
  });
  ASSERT_FALSE(status);
  ASSERT_EQ(ErrorCode::kernelFault, status.error().code) << status.error().message;
  std::string message = status.error().message, again = replayed(pathIn(message));
  size_t at = message.find("; at '"), end = message.find("; the launch is in");
  ASSERT_LT(at, end);
  EXPECT_TRUE(has(again, " is out of bounds: "));
  EXPECT_TRUE(has(again, message.substr(at, end - at))); // instruction, workgroup, wave and lane
}

// What is found before the launch, too: there the kernel says which instruction would have faulted.
TEST_P(Dump, anAllocationThatIsTooShortFaultsUnderPaEmu) {
  auto device = openChecked(GetParam(), "gfx942", "pointers");
  InputOptions options;
  options.contexts = {5, 40};
  Status status = launch(*device, kernelFile("shuffled-gfx942"), options, 1,
                         [](pa_decode_args &args, Device &on) { args.output = *on.allocate("short", 4096); });
  ASSERT_FALSE(status);
  EXPECT_EQ(ErrorCode::invalidArgument, status.error().code);
  std::string again = replayed(pathIn(status.error().message));
  EXPECT_TRUE(has(again, "write of "));
  EXPECT_TRUE(has(again, "past the end of 'output'"));
}

TEST_P(Dump, aFolderThatCannotBeWrittenToIsSaid) {
  ASSERT_TRUE(writeFile(folder->file("dumps"), "a file"));
  auto device = openChecked(GetParam(), "gfx942", "pointers");
  InputOptions options;
  options.contexts = {5};
  Status status = launch(*device, kernelFile("nhd-gfx942"), options, 1,
                         [](pa_decode_args &args, Device &) { args.query = 0x10000; });
  ASSERT_FALSE(status);
  EXPECT_TRUE(
      has(status.error().message, " holds it; PA_DUMP_DIR: cannot write to '" + folder->file("dumps") + "/launch-"));
}

// An engine that goes on fills no disk.
TEST_P(Dump, theFirstLaunchesOfADeviceAreEnough) {
  auto device = openChecked(GetParam(), "gfx942", "pointers");
  InputOptions options;
  options.contexts = {5};
  for (int i = 0; i < 10; ++i) {
    Status status = launch(*device, kernelFile("nhd-gfx942"), options, 1,
                           [](pa_decode_args &args, Device &) { args.query = 0x10000; });
    ASSERT_FALSE(status);
    EXPECT_EQ(i < 8, status.error().message.find("the launch is in") != std::string::npos) << i;
  }
}

} // namespace
