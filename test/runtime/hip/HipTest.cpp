// HIP's interface over the emulated device, from a program that was compiled by the host's compiler alone.
#include "runtime/hip/PropertiesR0600.h"

#include <hip/hip_ext.h>
#include <hip/hip_runtime_api.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <thread>

extern "C" hipError_t hipGetDevicePropertiesR0600(pa::hip::PropertiesR0600 *, int);
extern "C" hipError_t hipGetDevicePropertiesR0000(hipDeviceProp_t *, int);

namespace {

// The last two devices are there to be broken by faults.
const int chipsAreSet = setenv("PA_EMU_CHIP", "gfx942,gfx950,gfx942,gfx942", 1);
constexpr int toBreak = 2, toBreakToo = 3;

#define OK(call) ASSERT_EQ(hipSuccess, call)

std::string fileNamed(const std::string &name) {
  std::ifstream file(PA_HIP_KERNELS "/" + name, std::ios::binary);
  EXPECT_TRUE(file) << name;
  return {std::istreambuf_iterator<char>(file), {}};
}

hipFunction_t kernelNamed(const char *name, const char *file = "kernels-gfx942.hsaco") {
  hipModule_t module = nullptr;
  hipFunction_t function = nullptr;
  EXPECT_EQ(hipSuccess, hipModuleLoadData(&module, fileNamed(file).data()));
  EXPECT_EQ(hipSuccess, hipModuleGetFunction(&function, module, name));
  return function;
}

hipError_t launch(hipFunction_t function, unsigned grid, unsigned block, std::vector<void *> arguments,
                  hipStream_t stream = nullptr, unsigned lds = 0) {
  return hipModuleLaunchKernel(function, grid, 1, 1, block, 1, 1, lds, stream, arguments.data(), nullptr);
}

// Device memory with numbers.
struct Numbers {
  explicit Numbers(std::vector<int> values) : values(std::move(values)) {
    EXPECT_EQ(hipSuccess, hipMalloc(&pointer, bytes()));
    EXPECT_EQ(hipSuccess, hipMemcpy(pointer, this->values.data(), bytes(), hipMemcpyHostToDevice));
  }
  ~Numbers() { EXPECT_EQ(hipSuccess, hipFree(pointer)); }
  size_t bytes() const { return values.size() * sizeof(int); }
  std::vector<int> read() {
    EXPECT_EQ(hipSuccess, hipMemcpy(values.data(), pointer, bytes(), hipMemcpyDeviceToHost));
    return values;
  }
  std::vector<int> values;
  void *pointer = nullptr;
};

hipStream_t newStream(unsigned flags = hipStreamNonBlocking) {
  hipStream_t stream = nullptr;
  EXPECT_EQ(hipSuccess, hipStreamCreateWithFlags(&stream, flags));
  return stream;
}

class Hip : public testing::Test {
protected:
  void SetUp() override { OK(hipSetDevice(0)); }
  void TearDown() override { (void)hipGetLastError(); }
};

TEST_F(Hip, bothLayoutsOfThePropertiesSayTheSame) {
  for (int device = 0; device < 2; ++device) {
    hipDeviceProp_t old, oldByName;
    pa::hip::PropertiesR0600 later;
    OK(hipGetDeviceProperties(&old, device));
    OK(hipGetDevicePropertiesR0000(&oldByName, device));
    OK(hipGetDevicePropertiesR0600(&later, device));
    EXPECT_STREQ(device ? "gfx950:sramecc+:xnack-" : "gfx942:sramecc+:xnack-", old.gcnArchName);
    EXPECT_STREQ(old.gcnArchName, oldByName.gcnArchName);
    EXPECT_STREQ(old.gcnArchName, later.gcnArchName);
    EXPECT_EQ(device ? 256 : 304, later.multiProcessorCount);
    EXPECT_EQ(device ? 163840u : 65536u, later.sharedMemPerBlock);
    EXPECT_EQ(old.multiProcessorCount, later.multiProcessorCount);
    EXPECT_EQ(old.totalGlobalMem, later.totalGlobalMem);
    EXPECT_EQ(64, later.warpSize);
    int lds = 0;
    OK(hipDeviceGetAttribute(&lds, hipDeviceAttributeMaxSharedMemoryPerBlock, device));
    EXPECT_EQ(size_t(lds), old.sharedMemPerBlock);
  }
}

TEST_F(Hip, argumentsArriveByTheKernelsMetadata) {
  std::vector<double> out(5);
  void *memory;
  OK(hipMalloc(&memory, sizeof(double) * 5));
  char a = -3;
  short b = -300;
  int c = 70000;
  float d = 0.25f;
  double e = 1e100;
  OK(launch(kernelNamed("store_arguments"), 1, 1, {&memory, &a, &b, &c, &d, &e}));
  OK(hipMemcpy(out.data(), memory, 40, hipMemcpyDeviceToHost));
  EXPECT_EQ((std::vector<double>{-3, -300, 70000, 0.25, 1e100}), out);

  struct {
    void *out;
    char a;
    short b;
    int c;
    float d;
    double e;
  } packed = {memory, 1, 2, 3, 4, 5};
  size_t bytes = sizeof packed;
  void *extra[] = {HIP_LAUNCH_PARAM_BUFFER_POINTER, &packed, HIP_LAUNCH_PARAM_BUFFER_SIZE, &bytes,
                   HIP_LAUNCH_PARAM_END};
  hipFunction_t kernel = kernelNamed("store_arguments");
  OK(hipModuleLaunchKernel(kernel, 1, 1, 1, 1, 1, 1, 0, nullptr, nullptr, extra));
  OK(hipMemcpy(out.data(), memory, 40, hipMemcpyDeviceToHost));
  EXPECT_EQ((std::vector<double>{1, 2, 3, 4, 5}), out);
  bytes -= 8;
  testing::internal::CaptureStderr();
  EXPECT_EQ(hipErrorInvalidValue, hipModuleLaunchKernel(kernel, 1, 1, 1, 1, 1, 1, 0, nullptr, nullptr, extra));
  EXPECT_EQ("pa-emu: hip: hipModuleLaunchKernel: hipErrorInvalidValue: kernel store_arguments takes 32 bytes of "
            "arguments, the launch gives 24\n",
            testing::internal::GetCapturedStderr());
  OK(hipFree(memory));
}

TEST_F(Hip, hiddenArgumentsDescribeTheLaunch) {
  Numbers out(std::vector<int>(7));
  OK(launch(kernelNamed("store_shape"), 5, 64, {&out.pointer}, nullptr, 512));
  auto words = out.read();
  EXPECT_EQ((std::vector<int>{5, 1, 1, 64 | 1 << 16, 1, 0, 512}), words);
  // 150 work-items in workgroups of 64: two whole ones and a part of 22.
  std::vector<void *> arguments = {&out.pointer};
  OK(hipExtModuleLaunchKernel(kernelNamed("store_shape"), 150, 1, 1, 64, 1, 1, 64, nullptr, arguments.data(), nullptr));
  words = out.read();
  EXPECT_EQ(2, words[0]);
  EXPECT_EQ(22, words[4] >> 16);
}

TEST_F(Hip, modulesGiveKernelsAndVariables) {
  std::string object = fileNamed("kernels-gfx942.hsaco");
  hipModule_t module;
  OK(hipModuleLoadData(&module, object.data()));
  hipFunction_t function;
  EXPECT_EQ(hipErrorNotFound, hipModuleGetFunction(&function, module, "missing"));
  hipDeviceptr_t address;
  size_t bytes = 0;
  OK(hipModuleGetGlobal(&address, &bytes, module, "table"));
  EXPECT_EQ(16u, bytes);
  EXPECT_EQ(hipErrorNotFound, hipModuleGetGlobal(&address, &bytes, module, "missing"));
  int table[4] = {};
  OK(hipMemcpyDtoH(table, address, sizeof table));
  EXPECT_EQ(30, table[2]);
  table[2] = 300;
  OK(hipMemcpyHtoD(address, table, sizeof table));
  OK(hipModuleGetFunction(&function, module, "add_table"));
  Numbers numbers({1, 2, 3, 4});
  OK(launch(function, 1, 4, {&numbers.pointer}));
  EXPECT_EQ((std::vector<int>{11, 22, 303, 44}), numbers.read());
  OK(hipModuleUnload(module));
  EXPECT_EQ(hipErrorInvalidHandle, hipModuleUnload(module));
  EXPECT_EQ(hipErrorInvalidHandle, hipModuleGetFunction(&function, module, "add_table"));
}

TEST_F(Hip, codeForAnotherDeviceIsRefusedWithBothNames) {
  hipModule_t module;
  testing::internal::CaptureStderr();
  EXPECT_EQ(hipErrorNoBinaryForGpu, hipModuleLoadData(&module, fileNamed("kernels-gfx950.hsaco").data()));
  EXPECT_EQ("pa-emu: hip: hipModuleLoadData: hipErrorNoBinaryForGpu: the object is for gfx950, the device is gfx942\n",
            testing::internal::GetCapturedStderr());
  OK(hipSetDevice(1));
  OK(hipModuleLoadData(&module, fileNamed("kernels-gfx950.hsaco").data()));
  std::string foreign(4096, 'x');
  EXPECT_EQ(hipErrorInvalidImage, hipModuleLoadData(&module, foreign.data()));
}

TEST_F(Hip, bundlesGiveTheDevicesOwnObject) {
  for (const char *name : {"both.bundle", "both-compressed.bundle"})
    for (int device = 0; device < 2; ++device) {
      OK(hipSetDevice(device));
      Numbers numbers({1, 2, 3});
      int n = 3, amount = 5;
      OK(launch(kernelNamed("add", name), 1, 64, {&numbers.pointer, &n, &amount}));
      EXPECT_EQ((std::vector<int>{6, 7, 8}), numbers.read()) << name;
    }
  OK(hipSetDevice(0));
  hipModule_t module;
  testing::internal::CaptureStderr();
  EXPECT_EQ(hipErrorNoBinaryForGpu, hipModuleLoadData(&module, fileNamed("only-gfx950.bundle").data()));
  EXPECT_NE(std::string::npos, testing::internal::GetCapturedStderr().find(
                                   "the program has code for gfx950, the device is a gfx942:sramecc+:xnack-"));
}

TEST_F(Hip, sharedMemoryHasOneAddress) {
  int *host, *managed;
  OK(hipHostMalloc((void **)&host, 64, hipHostMallocDefault));
  OK(hipMallocManaged((void **)&managed, 64, hipMemAttachGlobal));
  std::vector<int> own(16, 1);
  int *registered = own.data();
  OK(hipHostRegister(registered, 64, hipHostRegisterDefault));
  EXPECT_EQ(hipErrorHostMemoryAlreadyRegistered, hipHostRegister(registered, 64, 0));
  hipFunction_t add = kernelNamed("add");
  for (int *memory : {host, managed, registered}) {
    std::fill(memory, memory + 16, 1);
    void *address;
    OK(hipHostGetDevicePointer(&address, memory, 0));
    EXPECT_EQ(memory, address);
    int n = 16, amount = 41;
    OK(launch(add, 1, 16, {&memory, &n, &amount}));
    EXPECT_EQ(16, std::count(memory, memory + 16, 42));
  }
  hipPointerAttribute_t attributes;
  OK(hipPointerGetAttributes(&attributes, managed + 3));
  EXPECT_EQ(1, attributes.isManaged);
  OK(hipPointerGetAttributes(&attributes, host));
  EXPECT_EQ(hipMemoryTypeHost, attributes.memoryType);
  int local = 0;
  EXPECT_EQ(hipErrorInvalidValue, hipPointerGetAttributes(&attributes, &local));
  OK(hipHostUnregister(registered));
  EXPECT_EQ(hipErrorHostMemoryNotRegistered, hipHostUnregister(registered));
  OK(hipHostFree(host));
  OK(hipFree(managed));
}

TEST_F(Hip, copiesStayInsideOfTheirMemory) {
  Numbers numbers({1, 2, 3, 4});
  int out[8] = {};
  EXPECT_EQ(hipErrorInvalidValue, hipMemcpy(out, numbers.pointer, 20, hipMemcpyDeviceToHost));
  EXPECT_EQ(hipErrorInvalidValue, hipMemset(numbers.pointer, 0, 17));
  EXPECT_EQ(hipErrorInvalidValue, hipMemcpy(nullptr, numbers.pointer, 4, hipMemcpyDeviceToHost));
  EXPECT_EQ(hipErrorInvalidMemcpyDirection, hipMemcpy(out, numbers.pointer, 4, hipMemcpyKind(9)));
  OK(hipMemsetD32((char *)numbers.pointer + 4, 7, 2));
  EXPECT_EQ((std::vector<int>{1, 7, 7, 4}), numbers.read());
  // The middle two columns of a 2 by 4 matrix.
  const int matrix[8] = {0, 1, 2, 3, 4, 5, 6, 7};
  OK(hipMemcpy2D(numbers.pointer, 8, matrix + 1, 16, 8, 2, hipMemcpyHostToDevice));
  EXPECT_EQ((std::vector<int>{1, 2, 5, 6}), numbers.read());
  EXPECT_EQ(hipErrorInvalidPitchValue, hipMemcpy2D(numbers.pointer, 4, matrix, 16, 8, 2, hipMemcpyHostToDevice));
  hipDeviceptr_t base;
  size_t bytes;
  OK(hipMemGetAddressRange(&base, &bytes, (char *)numbers.pointer + 5));
  EXPECT_EQ(numbers.pointer, base);
  EXPECT_EQ(16u, bytes);
}

TEST_F(Hip, whatNobodyWroteIsUndefined) {
  OK(hipSetDevice(toBreakToo));
  int *memory, numbers[4];
  OK(hipMalloc((void **)&memory, 16));
  OK(hipMemcpy(numbers, memory, 16, hipMemcpyDeviceToHost)); // a copy may hold anything
  int **table;
  OK(hipMalloc((void **)&table, 16));
  testing::internal::CaptureStderr();
  EXPECT_EQ(hipErrorLaunchFailure, launch(kernelNamed("follow"), 1, 1, {&table}));
  std::string text = testing::internal::GetCapturedStderr();
  EXPECT_NE(std::string::npos, text.find("undefined")) << text;
}

TEST_F(Hip, memoryIsAsLargeAsTheProducts) {
  size_t before, after, total;
  OK(hipMemGetInfo(&before, &total));
  EXPECT_EQ(192ull << 30, total);
  void *big, *none;
  OK(hipMalloc(&big, 100ull << 30));
  OK(hipMemGetInfo(&after, &total));
  EXPECT_EQ(100ull << 30, before - after);
  EXPECT_EQ(hipErrorOutOfMemory, hipMalloc(&none, 100ull << 30));
  OK(hipFree(big));
  OK(hipMemGetInfo(&after, &total));
  EXPECT_EQ(before, after);
}

TEST_F(Hip, devicesHaveTheirOwnMemory) {
  Numbers first({1, 2, 3});
  OK(hipSetDevice(1));
  Numbers second({4, 5, 6});
  EXPECT_NE(first.pointer, second.pointer);
  OK(hipMemcpyPeer(second.pointer, 1, first.pointer, 0, 8));
  EXPECT_EQ((std::vector<int>{1, 2, 6}), second.read());
  int n = 3, amount = 1;
  hipFunction_t add = kernelNamed("add", "kernels-gfx950.hsaco");
  OK(hipSetDevice(0));
  EXPECT_EQ(hipErrorInvalidDevice, launch(add, 1, 64, {&second.pointer, &n, &amount}));
}

TEST_F(Hip, aFaultIsGivenByEveryLaterCallOfItsDevice) {
  OK(hipSetDevice(toBreak));
  Numbers numbers({1, 2, 3});
  testing::internal::CaptureStderr();
  EXPECT_EQ(hipErrorIllegalAddress, launch(kernelNamed("overrun"), 1, 1, {&numbers.pointer}));
  std::string text = testing::internal::GetCapturedStderr();
  EXPECT_NE(std::string::npos, text.find("(overrun+0x")) << text;
  EXPECT_NE(std::string::npos, text.find("hipMalloc of 12 bytes")) << text;
  EXPECT_EQ(hipErrorIllegalAddress, hipDeviceSynchronize());
  OK(hipSetDevice(0));
  EXPECT_EQ(hipSuccess, hipDeviceSynchronize());
}

TEST_F(Hip, unsupportedCallsSayWhichTheyAre) {
  void *pointer = nullptr;
  hipIpcMemHandle_t handle;
  testing::internal::CaptureStderr();
  EXPECT_EQ(hipErrorNotSupported, hipIpcGetMemHandle(&handle, pointer));
  EXPECT_EQ("pa-emu: hip: hipIpcGetMemHandle: hipErrorNotSupported: the emulated device does not implement this call\n",
            testing::internal::GetCapturedStderr());
  EXPECT_EQ(hipErrorNotSupported, hipGetLastError());
  EXPECT_STREQ("operation not supported", hipGetErrorString(hipErrorNotSupported));
  EXPECT_STREQ("hipErrorNotSupported", hipGetErrorName(hipErrorNotSupported));
  EXPECT_STREQ("unknown error", hipGetErrorString(hipError_t(777)));
}

TEST_F(Hip, badLaunchesAreRefused) {
  Numbers numbers({1});
  hipFunction_t add = kernelNamed("add");
  int n = 1, amount = 1;
  EXPECT_EQ(hipErrorInvalidConfiguration, launch(add, 0, 64, {&numbers.pointer, &n, &amount}));
  EXPECT_EQ(hipErrorInvalidConfiguration, launch(add, 1, 2048, {&numbers.pointer, &n, &amount}));
  EXPECT_EQ(hipErrorInvalidConfiguration, launch(add, 1, 64, {&numbers.pointer, &n, &amount}, nullptr, 1 << 20));
  EXPECT_EQ(hipErrorInvalidHandle, launch(nullptr, 1, 64, {}));
  EXPECT_EQ(hipErrorInvalidValue, launch(add, 1, 64, {&numbers.pointer, nullptr, &amount}));
  hipStream_t gone = newStream();
  OK(hipStreamDestroy(gone));
  EXPECT_EQ(hipErrorInvalidHandle, launch(add, 1, 64, {&numbers.pointer, &n, &amount}, gone));
  EXPECT_EQ((std::vector<int>{1}), numbers.read());
}

TEST_F(Hip, occupancyFollowsRegistersAndLds) {
  hipFunction_t add = kernelNamed("add");
  int blocks = 0;
  OK(hipModuleOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, add, 256, 0));
  EXPECT_EQ(8, blocks);
  OK(hipModuleOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, add, 256, 30000));
  EXPECT_EQ(2, blocks);
}

TEST_F(Hip, threadsShareTheDevice) {
  hipFunction_t add = kernelNamed("add");
  Numbers numbers(std::vector<int>(8));
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      hipStream_t stream = newStream();
      int n = 8, amount = 1;
      for (int i = 0; i < 25; ++i)
        EXPECT_EQ(hipSuccess, launch(add, 1, 8, {&numbers.pointer, &n, &amount}, stream));
      EXPECT_EQ(hipSuccess, hipStreamDestroy(stream));
    });
  for (std::thread &thread : threads)
    thread.join();
  EXPECT_EQ(std::vector<int>(8, 100), numbers.read());
}

} // namespace
