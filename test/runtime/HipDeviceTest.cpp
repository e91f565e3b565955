// libpa's HIP device, over HIP's names on the emulated device.
#include "runtime/device/DecodeLaunch.h"
#include "runtime/device/hip/HipLibrary.h"
#include "test/runtime/KernelFile.h"

#include <cstring>
#include <dlfcn.h>

using namespace pa;

namespace {

class HipDevice : public testing::Test {
protected:
  void SetUp() override {
    setenv("PA_LIBHIP_PATH", PA_HIP_STAND_IN, 1);
    setenv("PA_EMU_CHIP", "gfx942,gfx950", 1);
  }
  std::unique_ptr<Device> open(const std::string &name) {
    auto device = openDevice(name);
    EXPECT_TRUE(device) << device.error().message;
    return device ? std::move(*device) : nullptr;
  }
  const HipLibrary &hip() { return **HipLibrary::get(); }
};

// The first test: a library that was found is kept.
TEST(HipLibrary, aMissingOrForeignLibraryIsAnErrorValue) {
  struct {
    const char *path, *message;
  } const cases[] = {{"/missing.so", "no HIP device 'hip:0': no HIP library: /missing.so: cannot open"},
                     {"libm.so.6", "libm.so.6' has no symbol hipInit"}};
  for (const auto &tested : cases) {
    setenv("PA_LIBHIP_PATH", tested.path, 1);
    auto device = openDevice("hip:0");
    ASSERT_FALSE(device);
    EXPECT_EQ(ErrorCode::unavailable, device.error().code);
    EXPECT_TRUE(has(device.error().message, tested.message));
  }
}

TEST_F(HipDevice, devicesAreOpenedByIndex) {
  EXPECT_STREQ("gfx942", open("hip:0")->chip().name);
  EXPECT_STREQ("gfx950", open("hip:1")->chip().name);
  EXPECT_EQ(256u, open("hip:1")->chip().computeUnits);
  auto missing = openDevice("hip:2");
  ASSERT_FALSE(missing);
  EXPECT_TRUE(has(missing.error().message, "libamdhip64.so.5' counts 2 devices"));
}

TEST_F(HipDevice, buffersHoldWhatIsCopiedIn) {
  auto device = open("hip:1");
  auto address = device->allocate("numbers", 100);
  ASSERT_TRUE(address);
  std::string in = "paged attention", out(in.size() + 1, 0);
  ASSERT_TRUE(device->fill(*address, 0xab, 100));
  ASSERT_TRUE(device->copyTo(*address, in.data(), in.size()));
  ASSERT_TRUE(device->copyFrom(out.data(), *address, out.size()));
  EXPECT_EQ(in + '\xab', out);
  Status past = device->copyFrom(out.data(), *address + 95, 10);
  ASSERT_FALSE(past);
  EXPECT_EQ("hipMemcpy gives hipErrorInvalidValue (1): invalid argument", past.error().message);
  auto much = device->allocate("all", 1ull << 50);
  ASSERT_FALSE(much);
  EXPECT_EQ(ErrorCode::memory, much.error().code);
  EXPECT_TRUE(has(much.error().message, "buffer 'all' of 1125899906842624 bytes: hipMalloc gives hipErrorOutOfMemory"));
  ASSERT_TRUE(device->release(*address));
  EXPECT_FALSE(device->release(*address));
}

TEST_F(HipDevice, memoryOfTheProgramIsMapped) {
  auto device = open("hip:0");
  std::vector<char> mine(1 << 16, 'a');
  auto address = device->map("mine", mine.data(), mine.size());
  ASSERT_TRUE(address) << address.error().message;
  ASSERT_TRUE(device->fill(*address + 1, 'b', 2));
  EXPECT_EQ("abba", std::string(mine.data(), 4));
  auto again = device->map("again", mine.data(), mine.size());
  ASSERT_FALSE(again);
  EXPECT_TRUE(has(again.error().message, "mapping 'again' of 65536 bytes: hipHostRegister gives "));
  EXPECT_TRUE(device->unmap(mine.data()));
  EXPECT_TRUE(has(device->unmap(mine.data()).error().message, "hipHostUnregister gives "));
}

TEST_F(HipDevice, itHasNoneOfTheEmulatedDevicesOptions) {
  auto device = open("hip:0");
  EXPECT_EQ("device hip:0 has no option 'limit'", device->setOption("limit", "5").error().message);
  EXPECT_EQ(ErrorCode::unsupported, device->counters().error().code);
  EXPECT_EQ("device hip:0 has no exact counters", device->counters().error().message);
  EXPECT_EQ("module handle 99 is not of this device", device->kernel({99}, "decode_naive").error().message);
}

TEST_F(HipDevice, theThreadsCurrentDeviceIsLeftAlone) {
  auto first = open("hip:0"), second = open("hip:1");
  ASSERT_EQ(hipSuccess, hip().hipSetDevice(0));
  auto address = second->allocate("numbers", 100);
  ASSERT_TRUE(address);
  ASSERT_TRUE(second->release(*address));
  int current = -1;
  ASSERT_EQ(hipSuccess, hip().hipGetDevice(&current));
  EXPECT_EQ(0, current);
}

TEST_F(HipDevice, modulesForAnotherTargetAreRefusedWithBothNames) {
  auto device = open("hip:0");
  std::string file = kernelFile("nhd-gfx950");
  auto module = device->loadModule(file.data(), file.size());
  ASSERT_FALSE(module);
  EXPECT_EQ(ErrorCode::otherChip, module.error().code);
  EXPECT_EQ("the code object is for gfx950, the device hip:0 is a gfx942:sramecc+:xnack-", module.error().message);
  file = kernelFile("nhd-gfx942");
  const uint32_t xnackOn = 0x4c | 0x700;
  std::string bound = file;
  std::memcpy(&bound[48], &xnackOn, 4); // e_flags
  module = device->loadModule(bound.data(), bound.size());
  ASSERT_FALSE(module);
  EXPECT_TRUE(has(module.error().message, "is for gfx942:xnack+, the device hip:0 is a gfx942:sramecc+:xnack-"));
  ASSERT_TRUE(device->loadModule(file.data(), file.size()));
  std::string foreign(4096, 'x');
  auto broken = device->loadModule(foreign.data(), foreign.size());
  ASSERT_FALSE(broken);
  EXPECT_EQ(ErrorCode::invalidObject, broken.error().code);
}

TEST_F(HipDevice, kernelsAreFoundByName) {
  auto device = open("hip:0");
  std::string file = kernelFile("nhd-gfx942");
  auto module = device->loadModule(file.data(), file.size());
  ASSERT_TRUE(module);
  auto kernel = device->kernel(*module, "decode");
  ASSERT_FALSE(kernel);
  EXPECT_TRUE(has(kernel.error().message, "the code object has no kernel 'decode': hipModuleGetFunction gives"));
  EXPECT_FALSE(device->kernel({99}, "decode_naive"));
  EXPECT_TRUE(device->kernel(*module, "decode_naive"));
}

TEST_F(HipDevice, unloadedModulesAreGone) {
  auto device = open("hip:0");
  std::string file = kernelFile("nhd-gfx942");
  auto module = device->loadModule(file.data(), file.size());
  ASSERT_TRUE(module);
  device->unloadModule(*module);
  device->unloadModule(*module);
  EXPECT_EQ("module handle " + std::to_string(module->id) + " is not of this device",
            device->kernel(*module, "decode_naive").error().message);
  EXPECT_TRUE(device->loadModule(file.data(), file.size()));
}

// One token of context: the output is that token's V, exactly.
TEST_F(HipDevice, launchesRunOnStreamsAndInGraphs) {
  auto device = open("hip:0");
  std::string file = kernelFile("nhd-gfx942");
  auto object = CodeObject::parse(file.data(), file.size());
  auto description = readDescription(*object);
  ASSERT_TRUE(description);
  auto module = device->loadModule(file.data(), file.size());
  auto kernel = device->kernel(*module, description->kernel);
  ASSERT_TRUE(kernel);

  const Variant &variant = description->variant;
  std::vector<uint16_t> values(variant.keyPageBytes() / 2), output(variant.queryTokenBytes() / 2);
  for (size_t i = 0; i < values.size(); ++i)
    values[i] = uint16_t(0x3f80 + i); // bf16 from 1.0 up
  const int32_t one = 1;
  auto buffer = [&](const char *name, uint64_t bytes) {
    auto address = device->allocate(name, bytes);
    EXPECT_TRUE(address);
    EXPECT_TRUE(device->fill(*address, 0, bytes));
    return *address;
  };
  DecodeCall call;
  call.query = buffer("query", variant.queryTokenBytes());
  call.keyCache = buffer("keys", variant.keyPageBytes());
  call.valueCache = buffer("values", variant.keyPageBytes());
  call.output = buffer("output", variant.queryTokenBytes());
  call.blockTables = buffer("tables", 4);
  call.contextLens = buffer("lens", 4);
  call.sequences = call.tableWidth = 1;
  call.softmaxScale = 0.125f;
  ASSERT_TRUE(device->copyTo(call.valueCache, values.data(), values.size() * 2));
  ASSERT_TRUE(device->copyTo(call.contextLens, &one, sizeof one));
  auto plan = planDecode(*description, device->chip(), 1);
  auto args = fillDecodeArgs(*description, *plan, call);
  ASSERT_TRUE(args) << args.error().message;
  auto read = [&] {
    EXPECT_TRUE(device->copyFrom(output.data(), call.output, output.size() * 2));
    return output.front();
  };

  ASSERT_TRUE(device->launch(*kernel, plan->shape, &*args, sizeof *args));
  ASSERT_TRUE(device->synchronize());
  EXPECT_EQ(0x3f80, read());

  void *standIn = dlopen(PA_HIP_STAND_IN, RTLD_NOW | RTLD_NOLOAD);
  ASSERT_TRUE(standIn);
#define HIP(name) reinterpret_cast<decltype(&::name)>(dlsym(standIn, #name))
  hipStream_t stream;
  ASSERT_EQ(hipSuccess, HIP(hipStreamCreateWithFlags)(&stream, hipStreamNonBlocking));
  EXPECT_FALSE(*device->capturing(stream));
  // Events of the caller's around a launch.
  hipEvent_t begin, end;
  float milliseconds = -1;
  ASSERT_EQ(hipSuccess, HIP(hipEventCreateWithFlags)(&begin, hipEventDefault));
  ASSERT_EQ(hipSuccess, HIP(hipEventCreateWithFlags)(&end, hipEventDefault));
  ASSERT_EQ(hipSuccess, HIP(hipEventRecord)(begin, stream));
  ASSERT_TRUE(device->launch(*kernel, plan->shape, &*args, sizeof *args, stream));
  ASSERT_EQ(hipSuccess, HIP(hipEventRecord)(end, stream));
  ASSERT_EQ(hipSuccess, HIP(hipEventSynchronize)(end));
  ASSERT_EQ(hipSuccess, HIP(hipEventElapsedTime)(&milliseconds, begin, end));
  EXPECT_GE(milliseconds, 0);
  ASSERT_EQ(hipSuccess, HIP(hipStreamBeginCapture)(stream, hipStreamCaptureModeGlobal));
  EXPECT_TRUE(*device->capturing(stream));
  values[0] = 0x4000;
  ASSERT_TRUE(device->launch(*kernel, plan->shape, &*args, sizeof *args, stream));
  hipGraph_t graph;
  ASSERT_EQ(hipSuccess, HIP(hipStreamEndCapture)(stream, &graph));
  ASSERT_TRUE(device->copyTo(call.valueCache, values.data(), 2));
  EXPECT_EQ(0x3f80, read());
  hipGraphExec_t instance;
  ASSERT_EQ(hipSuccess, HIP(hipGraphInstantiate)(&instance, graph, nullptr, nullptr, 0));
  ASSERT_EQ(hipSuccess, HIP(hipGraphLaunch)(instance, stream));
  EXPECT_EQ(0x4000, read());

  // What cannot be captured says so.
  ASSERT_EQ(hipSuccess, HIP(hipStreamBeginCapture)(stream, hipStreamCaptureModeGlobal));
  auto captured = device->loadModule(file.data(), file.size());
  ASSERT_FALSE(captured);
  EXPECT_EQ(ErrorCode::capturing, captured.error().code);
  EXPECT_TRUE(has(captured.error().message, "hipModuleLoadData gives hipErrorStreamCaptureUnsupported (900)"));
  EXPECT_TRUE(has(captured.error().message, "cannot be done while a stream is captured, only launches can"));
  EXPECT_EQ(hipErrorStreamCaptureInvalidated, HIP(hipStreamEndCapture)(stream, &graph));
  EXPECT_EQ(hipSuccess, HIP(hipGraphExecDestroy)(instance));
  EXPECT_EQ(hipSuccess, HIP(hipStreamDestroy)(stream));
#undef HIP
}

TEST_F(HipDevice, faultsAreErrorsOfTheLaunch) {
  setenv("PA_EMU_CHIP", "gfx942,gfx950", 1);
  auto device = open("hip:1");
  std::string file = kernelFile("nhd-gfx950");
  auto module = device->loadModule(file.data(), file.size());
  auto kernel = device->kernel(*module, "decode_naive");
  ASSERT_TRUE(kernel);
  pa_decode_args args = {}; // null pointers inside
  LaunchShape shape;
  shape.block = {64, 1, 1};
  Status status = device->launch(*kernel, shape, &args, sizeof args);
  ASSERT_FALSE(status);
  EXPECT_EQ(ErrorCode::kernelFault, status.error().code);
  EXPECT_TRUE(has(status.error().message, "hipModuleLaunchKernel gives hipErrorIllegalAddress (700)"));
}

} // namespace
