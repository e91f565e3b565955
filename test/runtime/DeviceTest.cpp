#include "runtime/device/DecodeLaunch.h"
#include "runtime/device/Plugin.h"
#include "test/runtime/KernelFile.h"

#include <nlohmann/json.hpp>

#include <dlfcn.h>
#include <fstream>

using namespace pa;

namespace {

std::unique_ptr<Device> open(const std::string &name) {
  auto device = openDevice(name);
  EXPECT_TRUE(device) << device.error().message;
  return device ? std::move(*device) : nullptr;
}

TEST(Device, unknownDevicesAreErrorValues) {
  struct {
    const char *name;
    ErrorCode code;
    const char *message;
  } const cases[] = {
      {"hip:", ErrorCode::invalidArgument, "HIP device index '', allowed: a whole number from 0"},
      {"hip:-1", ErrorCode::invalidArgument, "HIP device index '-1', allowed: a whole number from 0"},
      {"emulated:gfx90a", ErrorCode::invalidArgument, "unknown chip 'gfx90a' of an emulated device, allowed: gfx942"},
      {"emulated", ErrorCode::invalidArgument, "unknown chip ''"},
      {"cuda:0", ErrorCode::invalidArgument,
       "unknown device 'cuda:0', allowed: emulated:<chip> with one of gfx942, gfx950, or hip:<index>"},
      {"", ErrorCode::invalidArgument, "unknown device ''"},
  };
  for (const auto &tested : cases) {
    auto device = openDevice(tested.name);
    ASSERT_FALSE(device) << tested.name;
    EXPECT_EQ(tested.code, device.error().code) << tested.name;
    EXPECT_TRUE(has(device.error().message, tested.message));
  }
}

TEST(Device, aPluginOfAnotherBuildIsRefused) {
  void *plugin = dlopen(PA_EMULATED_PLUGIN, RTLD_NOW | RTLD_LOCAL);
  ASSERT_TRUE(plugin) << dlerror();
  auto open = reinterpret_cast<OpenPluginDevice>(dlsym(plugin, pluginEntry));
  ASSERT_TRUE(open);
  Error error;
  EXPECT_EQ(nullptr, (*open)(pluginInterfaceVersion + 1, "gfx942", error));
  std::string version = std::to_string(pluginInterfaceVersion), other = std::to_string(pluginInterfaceVersion + 1);
  EXPECT_EQ("the emulated device's plugin has interface version " + version + ", the runtime wants " + other,
            error.message);
}

TEST(Device, buffersHoldWhatIsCopiedIn) {
  auto device = open("emulated:gfx942");
  ASSERT_TRUE(device);
  EXPECT_EQ("emulated:gfx942", device->name());
  EXPECT_STREQ("gfx942", device->chip().name);
  auto address = device->allocate("numbers", 1000);
  ASSERT_TRUE(address);
  EXPECT_EQ(0u, *address % 256);
  std::string in = "paged attention", out(in.size(), 0);
  ASSERT_TRUE(device->fill(*address, 0xab, 1000));
  ASSERT_TRUE(device->copyTo(*address + 7, in.data(), in.size()));
  ASSERT_TRUE(device->copyFrom(out.data(), *address + 7, out.size()));
  EXPECT_EQ(in, out);
  ASSERT_TRUE(device->copyFrom(out.data(), *address + 985, 15));
  EXPECT_EQ(std::string(15, '\xab'), out);

  Status past = device->copyTo(*address + 990, in.data(), 11);
  ASSERT_FALSE(past);
  EXPECT_EQ(ErrorCode::memory, past.error().code);
  EXPECT_TRUE(has(past.error().message, "numbers"));
  EXPECT_FALSE(device->copyFrom(out.data(), 0x10, 1));
  ASSERT_TRUE(device->release(*address));
  EXPECT_FALSE(device->release(*address));
  EXPECT_FALSE(device->copyFrom(out.data(), *address, 1));
}

TEST(Device, modulesForAnotherChipAreRefusedWithBothNames) {
  auto device = open("emulated:gfx950");
  ASSERT_TRUE(device);
  std::string file = kernelFile("nhd-gfx942");
  auto module = device->loadModule(file.data(), file.size());
  ASSERT_FALSE(module);
  EXPECT_EQ(ErrorCode::otherChip, module.error().code);
  EXPECT_TRUE(has(module.error().message, "gfx942"));
  EXPECT_TRUE(has(module.error().message, "gfx950"));
  file = kernelFile("nhd-gfx950");
  EXPECT_TRUE(device->loadModule(file.data(), file.size()));
}

TEST(Device, brokenModulesKernelsAndLaunchesAreErrorValues) {
  auto device = open("emulated:gfx942");
  ASSERT_TRUE(device);
  std::string file = kernelFile("nhd-gfx942");
  EXPECT_FALSE(device->loadModule(file.data(), 0));
  EXPECT_FALSE(device->loadModule(file.data(), file.size() / 2));
  std::string foreign(4096, 'x');
  EXPECT_FALSE(device->loadModule(foreign.data(), foreign.size()));

  auto module = device->loadModule(file.data(), file.size());
  ASSERT_TRUE(module) << module.error().message;
  auto kernel = device->kernel(*module, "decode");
  ASSERT_FALSE(kernel);
  EXPECT_TRUE(has(kernel.error().message, "has no kernel 'decode', it has: decode_naive"));
  EXPECT_EQ("module handle 99 is not of this device", device->kernel({99}, "decode_naive").error().message);
  kernel = device->kernel(*module, "decode_naive");
  ASSERT_TRUE(kernel) << kernel.error().message;
  pa_decode_args args = {};
  EXPECT_EQ("kernel handle 99 is not of this device", device->launch({99}, {}, &args, sizeof args).error().message);
  EXPECT_EQ("kernel handle 99 is not of this device", device->prepare({99}, nullptr).error().message);
  LaunchShape shape;
  shape.block = {64, 1, 1};
  Status shortArguments = device->launch(*kernel, shape, &args, sizeof args - 8);
  ASSERT_FALSE(shortArguments);
  EXPECT_EQ(ErrorCode::invalidArgument, shortArguments.error().code);
  EXPECT_EQ("device emulated:gfx942 has no counters: no launch has finished", device->counters().error().message);
  Status unmapped = device->launch(*kernel, shape, &args, sizeof args); // null pointers inside
  ASSERT_FALSE(unmapped);
  EXPECT_EQ(ErrorCode::kernelFault, unmapped.error().code);
  ASSERT_TRUE(unmapped.error().fault);
  EXPECT_EQ("out of bounds", unmapped.error().fault->kind);
}

// Its memory is free, and its handles are nobody's any more; other modules are as they were.
TEST(Device, unloadedModulesAreGone) {
  auto device = open("emulated:gfx942");
  ASSERT_TRUE(device);
  std::string file = kernelFile("nhd-gfx942");
  auto first = device->loadModule(file.data(), file.size()), second = device->loadModule(file.data(), file.size());
  ASSERT_TRUE(first && second);
  auto gone = device->kernel(*first, "decode_naive"), kept = device->kernel(*second, "decode_naive");
  ASSERT_TRUE(gone && kept);
  device->unloadModule(*first);
  device->unloadModule(*first);
  auto notOurs = [](const char *kind, uint64_t id) {
    return kind + (" handle " + std::to_string(id)) + " is not of this device";
  };
  EXPECT_EQ(notOurs("module", first->id), device->kernel(*first, "decode_naive").error().message);
  EXPECT_EQ(notOurs("kernel", gone->id), device->prepare(*gone, nullptr).error().message);
  EXPECT_TRUE(device->prepare(*kept, nullptr));
  auto third = device->loadModule(file.data(), file.size());
  ASSERT_TRUE(third);
  EXPECT_NE(first->id, third->id);
}

TEST(Device, optionsAreCheckedByNameAndValue) {
  auto device = open("emulated:gfx942");
  ASSERT_TRUE(device);
  for (auto [option, value] : {std::pair{"sanitizer", "off"},
                               {"sanitizer", "on"},
                               {"mfma", "fast"},
                               {"mfma", "exact"},
                               {"init", "0x7fc00000"},
                               {"limit", "1000000"},
                               {"counters", "off"}})
    EXPECT_TRUE(device->setOption(option, value)) << option;
  struct {
    const char *option, *value, *allowed;
  } const cases[] = {{"sanitizer", "yes", "on, off, or a list of bounds, undefined, waits, races"},
                     {"mfma", "", "exact, fast"},
                     {"init", "0x", "a 32-bit number such as 0x7fc00000"},
                     {"init", "0x1ffffffff", "a 32-bit number such as 0x7fc00000"},
                     {"limit", "-1", "a number of instructions"},
                     {"threads", "two", "a number of host threads"},
                     {"counters", "1", "on, off"}};
  for (const auto &tested : cases) {
    Status status = device->setOption(tested.option, tested.value);
    ASSERT_FALSE(status) << tested.option;
    EXPECT_TRUE(has(status.error().message, std::string("'") + tested.value + "', allowed: " + tested.allowed));
  }
  EXPECT_TRUE(has(device->setOption("speed", "9").error().message,
                  "device emulated:gfx942 has no option 'speed', it has: sanitizer, mfma"));
}

TEST(Device, theInstructionLimitStopsALaunch) {
  auto device = open("emulated:gfx942");
  ASSERT_TRUE(device);
  std::string file = kernelFile("nhd-gfx942");
  auto module = device->loadModule(file.data(), file.size());
  ASSERT_TRUE(module);
  auto kernel = device->kernel(*module, "decode_naive");
  ASSERT_TRUE(kernel) << kernel.error().message;
  ASSERT_TRUE(device->setOption("limit", "5"));
  pa_decode_args args = {};
  LaunchShape shape;
  shape.block = {64, 1, 1};
  Status status = device->launch(*kernel, shape, &args, sizeof args);
  ASSERT_FALSE(status);
  ASSERT_TRUE(status.error().fault);
  EXPECT_EQ("instruction limit", status.error().fault->kind);
}

// libpa links no LLVM, and the plugin's is its own.
TEST(Device, noSharedLlvmIsLoaded) {
  auto device = open("emulated:gfx942");
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);)
    ASSERT_FALSE(has(line, "libLLVM")) << line;
}

} // namespace
