// Launching kernels, and asking what they need.
#include "runtime/hip/Arguments.h"
#include "runtime/hip/Module.h"
#include "runtime/hip/Stream.h"

#include <cstdio>
#include <cstring>

namespace pa::hip {
namespace {

constexpr uint64_t mostWorkItems = 1024;

void checkShape(const emu::Launch &launch) {
  uint64_t block = 1;
  for (unsigned d = 0; d < 3; ++d) {
    require(launch.grid[d] > 0 && launch.block[d] > 0, hipErrorInvalidConfiguration);
    block *= launch.block[d];
  }
  require(block <= mostWorkItems, hipErrorInvalidConfiguration);
}

KernelWork workOf(ihipModuleSymbol_t *function, emu::Launch launch, void **arguments, void **extra) {
  require(function, hipErrorInvalidHandle);
  checkShape(launch);
  launch.kernel = function->info->name;
  launch.kernarg = packArguments(*function->info, launch, arguments, extra);
  return {function, std::move(launch)};
}

unsigned workgroupsPerCu(const ihipModuleSymbol_t &function, unsigned items, size_t dynamicLds) {
  const Chip &chip = *State::get().gpu(function.module->device).chip;
  unsigned waves = (items + 63) / 64;
  return waves ? chip.workgroupsPerCu(waves, function.info->vgprs, function.info->ldsBytes + unsigned(dynamicLds)) : 0;
}

} // namespace

KernelWork kernelWork(ihipModuleSymbol_t *function, dim3 grid, dim3 block, size_t dynamicLds, void **arguments,
                      void **extra) {
  emu::Launch launch;
  launch.grid = {grid.x, grid.y, grid.z};
  launch.block = {block.x, block.y, block.z};
  launch.dynamicLds = uint32_t(dynamicLds);
  return workOf(function, std::move(launch), arguments, extra);
}

void executeKernel(Gpu &gpu, const KernelWork &work) {
  const ihipModule_t &module = *work.function->module;
  require(!module.unloaded, hipErrorInvalidHandle, "the kernel's module is unloaded");
  require(module.device == gpu.ordinal, hipErrorInvalidDevice, "the kernel is loaded on another device");
  emu::Launch launch = work.launch;
  launch.scratchBytes = uint32_t(gpu.stackLimit);
  auto report = gpu.emulated.run(*module.code, launch, State::get().settings.run);
  if (report)
    return;
  try {
    fail(report.error());
  } catch (const Failure &failure) {
    // On a GPU, too, nothing works any more after a fault.
    if (failure.code == hipErrorIllegalAddress || failure.code == hipErrorLaunchFailure)
      gpu.fault = failure.code;
    throw;
  }
}

} // namespace pa::hip

using namespace pa;
using namespace pa::hip;

namespace {

void launch(ihipModuleSymbol_t *function, dim3 grid, dim3 block, size_t lds, hipStream_t stream, void **arguments,
            void **extra = nullptr) {
  enqueue(stream, kernelWork(function, grid, block, lds, arguments, extra));
}

// Grid in work-items, the last workgroups partial.
void launchItems(hipFunction_t function, std::array<uint32_t, 3> items, std::array<uint32_t, 3> block, size_t lds,
                 hipStream_t stream, void **arguments, void **extra, hipEvent_t start, hipEvent_t stop) {
  emu::Launch launch;
  for (unsigned d = 0; d < 3; ++d) {
    require(block[d] > 0, hipErrorInvalidConfiguration);
    launch.grid[d] = (items[d] + block[d] - 1) / block[d];
  }
  launch.block = block;
  launch.items = items;
  launch.dynamicLds = uint32_t(lds);
  KernelWork work = workOf(function, std::move(launch), arguments, extra);
  if (start)
    enqueue(stream, EventWork{&eventOf(start)});
  enqueue(stream, std::move(work));
  if (stop)
    enqueue(stream, EventWork{&eventOf(stop)});
}

void occupancy(int *blocks, ihipModuleSymbol_t *function, int items, size_t lds) {
  require(blocks && items > 0);
  require(function, hipErrorInvalidHandle);
  *blocks = int(workgroupsPerCu(*function, unsigned(items), lds));
}

// The workgroup that fills a CU best; of equals the largest.
void bestBlock(int *grid, int *block, ihipModuleSymbol_t *function, size_t lds, int limit) {
  require(grid && block);
  require(function, hipErrorInvalidHandle);
  unsigned most = function->info->maxWorkgroupSize ? function->info->maxWorkgroupSize : unsigned(mostWorkItems);
  if (limit > 0)
    most = std::min(most, unsigned(limit));
  unsigned best = 0;
  *block = 0;
  for (unsigned items = 64; items <= most; items += 64) {
    unsigned resident = workgroupsPerCu(*function, items, lds) * items;
    if (resident >= best && resident > 0) {
      best = resident;
      *block = int(items);
    }
  }
  require(*block > 0, hipErrorInvalidValue, "no workgroup of this kernel fits a compute unit");
  *grid = int(best / unsigned(*block) * State::get().gpu(function->module->device).chip->computeUnits);
}

int attributeOfFunction(const ihipModuleSymbol_t &function, hipFunction_attribute attribute) {
  const emu::KernelInfo &info = *function.info;
  switch (attribute) {
  case HIP_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK:
    return info.maxWorkgroupSize ? int(info.maxWorkgroupSize) : int(mostWorkItems);
  case HIP_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES:
    return int(info.ldsBytes);
  case HIP_FUNC_ATTRIBUTE_LOCAL_SIZE_BYTES:
    return int(info.scratchBytes);
  case HIP_FUNC_ATTRIBUTE_NUM_REGS:
    return int(info.vgprs);
  case HIP_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES:
    return int(State::get().gpu(function.module->device).chip->ldsBytes - info.ldsBytes);
  default:
    return 0;
  }
}

} // namespace

PA_HIP(hipModuleLaunchKernel,
       (hipFunction_t function, unsigned gridX, unsigned gridY, unsigned gridZ, unsigned blockX, unsigned blockY,
        unsigned blockZ, unsigned lds, hipStream_t stream, void **arguments, void **extra),
       {
         require(!arguments || !extra);
         launch(function, dim3(gridX, gridY, gridZ), dim3(blockX, blockY, blockZ), lds, stream, arguments, extra);
       })

PA_HIP(hipLaunchKernel, (const void *function, dim3 grid, dim3 block, void **arguments, size_t lds, hipStream_t stream),
       { launch(functionOf(function), grid, block, lds, stream, arguments); })
PA_HIP(hipLaunchKernel_spt,
       (const void *function, dim3 grid, dim3 block, void **arguments, size_t lds, hipStream_t stream),
       { launch(functionOf(function), grid, block, lds, threadStream(stream), arguments); })
PA_HIP(hipExtLaunchKernel,
       (const void *function, dim3 grid, dim3 block, void **arguments, size_t lds, hipStream_t stream, hipEvent_t start,
        hipEvent_t stop, int),
       {
         if (start)
           enqueue(stream, EventWork{&eventOf(start)});
         launch(functionOf(function), grid, block, lds, stream, arguments);
         if (stop)
           enqueue(stream, EventWork{&eventOf(stop)});
       })

// Shown under their C++ names, as HIP does.
__attribute__((visibility("default"))) hipError_t
hipExtModuleLaunchKernel(hipFunction_t function, uint32_t itemsX, uint32_t itemsY, uint32_t itemsZ, uint32_t blockX,
                         uint32_t blockY, uint32_t blockZ, size_t lds, hipStream_t stream, void **arguments,
                         void **extra, hipEvent_t start, hipEvent_t stop, uint32_t) {
  return call("hipExtModuleLaunchKernel", [&] {
    launchItems(function, {itemsX, itemsY, itemsZ}, {blockX, blockY, blockZ}, lds, stream, arguments, extra, start,
                stop);
  });
}
__attribute__((visibility("default"))) hipError_t
hipHccModuleLaunchKernel(hipFunction_t function, uint32_t itemsX, uint32_t itemsY, uint32_t itemsZ, uint32_t blockX,
                         uint32_t blockY, uint32_t blockZ, size_t lds, hipStream_t stream, void **arguments,
                         void **extra, hipEvent_t start, hipEvent_t stop) {
  return hipExtModuleLaunchKernel(function, itemsX, itemsY, itemsZ, blockX, blockY, blockZ, lds, stream, arguments,
                                  extra, start, stop, 0);
}

PA_HIP(hipFuncGetAttribute, (int *value, hipFunction_attribute attribute, hipFunction_t function), {
  require(value);
  require(function, hipErrorInvalidHandle);
  *value = attributeOfFunction(*function, attribute);
})
PA_HIP(hipFuncGetAttributes, (hipFuncAttributes * out, const void *hostFunction), {
  require(out);
  const ihipModuleSymbol_t &function = *functionOf(hostFunction);
  std::memset(out, 0, sizeof *out);
  out->maxThreadsPerBlock = attributeOfFunction(function, HIP_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK);
  out->sharedSizeBytes = function.info->ldsBytes;
  out->localSizeBytes = function.info->scratchBytes;
  out->numRegs = int(function.info->vgprs);
  out->maxDynamicSharedSizeBytes = attributeOfFunction(function, HIP_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES);
})
PA_HIP(hipFuncSetAttribute, (const void *hostFunction, hipFuncAttribute, int), { functionOf(hostFunction); })

PA_HIP(hipModuleOccupancyMaxActiveBlocksPerMultiprocessor, (int *blocks, hipFunction_t function, int items, size_t lds),
       { occupancy(blocks, function, items, lds); })
PA_HIP(hipModuleOccupancyMaxActiveBlocksPerMultiprocessorWithFlags,
       (int *blocks, hipFunction_t function, int items, size_t lds, unsigned),
       { occupancy(blocks, function, items, lds); })
PA_HIP(hipOccupancyMaxActiveBlocksPerMultiprocessor, (int *blocks, const void *function, int items, size_t lds),
       { occupancy(blocks, functionOf(function), items, lds); })
PA_HIP(hipOccupancyMaxActiveBlocksPerMultiprocessorWithFlags,
       (int *blocks, const void *function, int items, size_t lds, unsigned),
       { occupancy(blocks, functionOf(function), items, lds); })
PA_HIP(hipModuleOccupancyMaxPotentialBlockSize, (int *grid, int *block, hipFunction_t function, size_t lds, int limit),
       { bestBlock(grid, block, function, lds, limit); })
PA_HIP(hipOccupancyMaxPotentialBlockSize, (int *grid, int *block, const void *function, size_t lds, int limit),
       { bestBlock(grid, block, functionOf(function), lds, limit); })
