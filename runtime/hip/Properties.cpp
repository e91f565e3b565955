#include "runtime/hip/Properties.h"
#include "runtime/hip/PropertiesR0600.h"

#include <cstdio>
#include <cstring>

static_assert(sizeof(hipDeviceProp_t) == 792, "the layout of HIP before 6, which hipGetDeviceProperties keeps");

namespace pa::hip {
namespace {

// From AMD's data sheets: MI300X and MI355X.
struct Product {
  const char *chip;
  const char *name;
  uint64_t memoryBytes;
  int clockKhz, memoryClockKhz;
  int pciDevice;
};
constexpr Product products[] = {
    {"gfx942", "AMD Instinct MI300X (emulated)", 192ull << 30, 2100000, 1300000, 0x74a1},
    {"gfx950", "AMD Instinct MI355X (emulated)", 288ull << 30, 2400000, 2000000, 0x75a3},
};

constexpr int memoryBusBits = 8192;
constexpr int l2BytesPerXcd = 4 << 20;
constexpr int waveSize = 64, mostWorkItems = 1024;
constexpr int realTimeClockKhz = 100000; // s_memrealtime
constexpr int registersPerSimd = 512 * 64;

const Product &productOf(const Chip &chip) {
  for (const Product &product : products)
    if (std::strcmp(product.chip, chip.name) == 0)
      return product;
  fail(hipErrorInvalidDevice, "no product with the chip " + std::string(chip.name));
}

int wavesOf(const Chip &chip) { return int(chip.simdsPerCu * chip.maxWavesPerSimd); }

// Fields that both layouts have under one name.
template <class Properties> void fillCommon(const Gpu &gpu, Properties &p) {
  const Chip &chip = *gpu.chip;
  const Product &product = productOf(chip);
  std::memset(static_cast<void *>(&p), 0, sizeof p);
  std::snprintf(p.name, sizeof p.name, "%s", product.name);
  std::snprintf(p.gcnArchName, sizeof p.gcnArchName, "%s", targetName(chip).c_str());
  p.totalGlobalMem = product.memoryBytes;
  p.sharedMemPerBlock = chip.ldsBytes;
  p.maxSharedMemoryPerMultiProcessor = chip.ldsBytes;
  p.regsPerBlock = registersPerSimd * int(chip.simdsPerCu);
  p.warpSize = waveSize;
  p.maxThreadsPerBlock = mostWorkItems;
  for (int &dimension : p.maxThreadsDim)
    dimension = mostWorkItems;
  p.maxGridSize[0] = INT32_MAX;
  p.maxGridSize[1] = p.maxGridSize[2] = 65536;
  p.clockRate = product.clockKhz;
  p.memoryClockRate = product.memoryClockKhz;
  p.memoryBusWidth = memoryBusBits;
  p.totalConstMem = INT32_MAX;
  p.major = 9;
  p.minor = chip.name[4] - '0'; // gfx942: 9.4
  p.multiProcessorCount = int(chip.computeUnits);
  p.l2CacheSize = l2BytesPerXcd;
  p.maxThreadsPerMultiProcessor = wavesOf(chip) * waveSize;
  p.clockInstructionRate = realTimeClockKhz;
  p.concurrentKernels = 1;
  p.pciBusID = 1 + gpu.ordinal;
  p.memPitch = INT32_MAX;
  p.textureAlignment = p.texturePitchAlignment = 256;
  p.canMapHostMemory = 1;
  p.managedMemory = 1;
  p.ECCEnabled = 1;
}

void checkPointer(const void *pointer) { require(pointer != nullptr); }

} // namespace

uint64_t memoryBytes(const Chip &chip) { return productOf(chip).memoryBytes; }

std::string targetName(const Chip &chip) { return std::string(chip.name) + ":sramecc+:xnack-"; }

int attributeOf(const Gpu &gpu, hipDeviceAttribute_t attribute) {
  hipDeviceProp_t p;
  fillCommon(gpu, p);
  switch (int(attribute)) {
  case hipDeviceAttributeEccEnabled:
  case hipDeviceAttributeCanMapHostMemory:
  case hipDeviceAttributeCanUseHostPointerForRegisteredMem:
  case hipDeviceAttributeConcurrentKernels:
  case hipDeviceAttributeManagedMemory:
  case hipDeviceAttributeUnifiedAddressing:
  case hipDeviceAttributeMemoryPoolsSupported:
  case hipDeviceAttributeFineGrainSupport:
    return 1;
  case hipDeviceAttributeAsyncEngineCount:
  case hipDeviceAttributeComputeMode:
  case hipDeviceAttributeConcurrentManagedAccess:
  case hipDeviceAttributeCooperativeLaunch:
  case hipDeviceAttributeCooperativeMultiDeviceLaunch:
  case hipDeviceAttributeDirectManagedMemAccessFromHost:
  case hipDeviceAttributeIntegrated:
  case hipDeviceAttributeIsMultiGpuBoard:
  case hipDeviceAttributeKernelExecTimeout:
  case hipDeviceAttributePageableMemoryAccess:
  case hipDeviceAttributePageableMemoryAccessUsesHostPageTables:
  case hipDeviceAttributePciDomainID:
  case hipDeviceAttributeTccDriver:
  case hipDeviceAttributeStreamPrioritiesSupported:
  case hipDeviceAttributeCanUseStreamWaitValue:
  case hipDeviceAttributeImageSupport:
  case hipDeviceAttributeIsLargeBar:
  case hipDeviceAttributeAsicRevision:
    return 0;
  case hipDeviceAttributeClockRate:
    return p.clockRate;
  case hipDeviceAttributeL2CacheSize:
    return p.l2CacheSize;
  case hipDeviceAttributeComputeCapabilityMajor:
    return p.major;
  case hipDeviceAttributeComputeCapabilityMinor:
    return p.minor;
  case hipDeviceAttributeMaxBlockDimX:
  case hipDeviceAttributeMaxBlockDimY:
  case hipDeviceAttributeMaxBlockDimZ:
  case hipDeviceAttributeMaxThreadsPerBlock:
    return p.maxThreadsPerBlock;
  case hipDeviceAttributeMaxGridDimX:
    return p.maxGridSize[0];
  case hipDeviceAttributeMaxGridDimY:
  case hipDeviceAttributeMaxGridDimZ:
    return p.maxGridSize[1];
  case hipDeviceAttributeMaxThreadsPerMultiProcessor:
    return p.maxThreadsPerMultiProcessor;
  case hipDeviceAttributeMaxBlocksPerMultiProcessor:
    return wavesOf(*gpu.chip);
  case hipDeviceAttributeMaxPitch:
    return INT32_MAX;
  case hipDeviceAttributeMemoryBusWidth:
    return p.memoryBusWidth;
  case hipDeviceAttributeMemoryClockRate:
    return p.memoryClockRate;
  case hipDeviceAttributeMultiprocessorCount:
  case hipDeviceAttributePhysicalMultiProcessorCount:
    return p.multiProcessorCount;
  case hipDeviceAttributePciBusId:
    return p.pciBusID;
  case hipDeviceAttributePciDeviceId:
    return p.pciDeviceID;
  case hipDeviceAttributeMaxRegistersPerBlock:
  case hipDeviceAttributeMaxRegistersPerMultiprocessor:
    return p.regsPerBlock;
  case hipDeviceAttributeMaxSharedMemoryPerBlock:
  case hipDeviceAttributeSharedMemPerBlockOptin:
  case hipDeviceAttributeSharedMemPerMultiprocessor:
  case hipDeviceAttributeMaxSharedMemoryPerMultiprocessor:
    return int(gpu.chip->ldsBytes);
  case hipDeviceAttributeTextureAlignment:
  case hipDeviceAttributeTexturePitchAlignment:
    return int(p.textureAlignment);
  case hipDeviceAttributeTotalConstantMemory:
    return int(p.totalConstMem);
  case hipDeviceAttributeWarpSize:
    return waveSize;
  case hipDeviceAttributeClockInstructionRate:
    return realTimeClockKhz;
  }
  fail(hipErrorInvalidValue, "device attribute " + std::to_string(int(attribute)) + " is not known");
}

} // namespace pa::hip

using namespace pa::hip;

PA_HIP(hipGetDeviceProperties, (hipDeviceProp_t * out, int device), {
  checkPointer(out);
  const Gpu &gpu = State::get().gpu(device);
  fillCommon(gpu, *out);
  out->gcnArch = std::atoi(gpu.chip->name + 3);
  out->directManagedMemAccessFromHost = 0;
})

extern "C" hipError_t hipGetDevicePropertiesR0000(hipDeviceProp_t *out, int device) {
  return hipGetDeviceProperties(out, device);
}

PA_HIP(hipGetDevicePropertiesR0600, (PropertiesR0600 * out, int device), {
  checkPointer(out);
  const Gpu &gpu = State::get().gpu(device);
  fillCommon(gpu, *out);
  out->unifiedAddressing = 1;
  out->sharedMemPerMultiprocessor = out->sharedMemPerBlockOptin = gpu.chip->ldsBytes;
  out->regsPerMultiprocessor = out->regsPerBlock;
  out->hostRegisterSupported = 1;
  out->canUseHostPointerForRegisteredMem = 1;
  out->memoryPoolsSupported = 1;
})

PA_HIP(hipDeviceGetAttribute, (int *value, hipDeviceAttribute_t attribute, int device), {
  checkPointer(value);
  *value = attributeOf(State::get().gpu(device), attribute);
})

PA_HIP(hipDeviceGetName, (char *name, int length, hipDevice_t device), {
  require(name && length > 0);
  std::snprintf(name, size_t(length), "%s", productOf(*State::get().gpu(device).chip).name);
})

PA_HIP(hipDeviceTotalMem, (size_t *bytes, hipDevice_t device), {
  checkPointer(bytes);
  *bytes = memoryBytes(*State::get().gpu(device).chip);
})

PA_HIP(hipDeviceComputeCapability, (int *major, int *minor, hipDevice_t device), {
  require(major && minor);
  const Gpu &gpu = State::get().gpu(device);
  *major = attributeOf(gpu, hipDeviceAttributeComputeCapabilityMajor);
  *minor = attributeOf(gpu, hipDeviceAttributeComputeCapabilityMinor);
})

PA_HIP(hipDeviceGetPCIBusId, (char *text, int length, int device), {
  require(text && length >= 13);
  std::snprintf(text, size_t(length), "0000:%02x:00.0", 1 + State::get().gpu(device).ordinal);
})

PA_HIP(hipDeviceGetByPCIBusId, (int *device, const char *text), {
  require(device && text);
  unsigned domain = 0;
  unsigned bus = 0;
  require(std::sscanf(text, "%x:%x:", &domain, &bus) == 2 && domain == 0 && bus >= 1 &&
          bus <= State::get().gpus.size());
  *device = int(bus) - 1;
})

PA_HIP(hipDeviceGetUuid, (hipUUID * uuid, hipDevice_t device), {
  checkPointer(uuid);
  std::memset(uuid->bytes, 0, sizeof uuid->bytes);
  std::snprintf(uuid->bytes, sizeof uuid->bytes, "GPU-%s-%d", State::get().gpu(device).chip->name, device);
})
