// From a kernel's description and the tensors of a call to what is launched: grid, workspace and pa_decode_args.
#ifndef PA_RUNTIME_DEVICE_DECODELAUNCH_H
#define PA_RUNTIME_DEVICE_DECODELAUNCH_H

#include "compiler/target/Chip.h"
#include "pa/abi.h"
#include "runtime/device/Device.h"
#include "runtime/device/KernelDescription.h"

namespace pa {

struct DecodePlan {
  LaunchShape shape;
  uint64_t workspaceBytes = 0; // 0: none is needed
};

// For calls with `sequences` sequences on `chip`; a persistent kernel's plan does not depend on them, so one workspace
// serves every batch.
PA_API Expected<DecodePlan> planDecode(const KernelDescription &description, const Chip &chip, int64_t sequences);

// Device addresses and shapes of one call. Strides are in bytes; 0 means dense, which is refused around what has gaps.
struct DecodeCall {
  uint64_t query = 0;
  uint64_t keyCache = 0;
  uint64_t valueCache = 0;
  uint64_t output = 0;
  uint64_t lse = 0; // 0 if and only if the variant has none
  uint64_t blockTables = 0;
  uint64_t contextLens = 0;
  uint64_t workspace = 0; // planDecode's workspaceBytes, the counters zero before the first launch
  int64_t sequences = 0;
  int64_t tableWidth = 0;
  float softmaxScale = 0;
  int64_t queryTokenStride = 0;
  int64_t outputTokenStride = 0;
  int64_t keyPageStride = 0;
  int64_t valuePageStride = 0;
  int64_t keyHeadStride = 0;
  int64_t valueHeadStride = 0;
  int64_t keyTokenStride = 0; // of nhd and hnd
  int64_t valueTokenStride = 0;
  uint64_t kvIndptr = 0; // csr: blockTables are then all sequences' pages, contextLens the last pages' lengths
  uint64_t qoIndptr = 0;
  uint64_t keyScales = 0;
  uint64_t valueScales = 0;
  int64_t keyScalePageStride = 0;
  int64_t valueScalePageStride = 0;
  int64_t keyScaleHeadStride = 0;
  int64_t valueScaleHeadStride = 0;
  uint64_t alibiSlopes = 0;
  uint64_t sinks = 0;
  float softCap = 0;
  float outputScale = 0;
  std::array<float, 4> scoreNumbers = {};
  std::array<uint64_t, 4> scoreTensors = {};
};

// Refuses null or misaligned addresses, strides below the dense ones, and what the variant has not or lacks.
PA_API Expected<pa_decode_args> fillDecodeArgs(const KernelDescription &description, const DecodePlan &plan,
                                               const DecodeCall &call);

} // namespace pa

#endif
