#include "compiler/tools/run/Buffers.h"

#include <algorithm>
#include <cstdio>

namespace pa::run {
namespace {

// One piece a token. Gaps are as odd as the ABI allows: multiples of 16 bytes, all unlike.
Strided tokensOf(const Problem &problem, size_t tokenBytes, size_t gap) {
  size_t stride = problem.packing == Packing::dense ? tokenBytes : (tokenBytes + 15) / 16 * 16 + gap;
  return {problem.tokens(), 1, tokenBytes, stride, tokenBytes};
}

Strided queryOf(const Problem &problem) {
  return tokensOf(problem, size_t(problem.shape.queryHeads) * problem.shape.headSize * sizeof(uint16_t), 32);
}

// Leaves strides 0, which means dense, where all is.
void setStrides(const Problem &problem, DecodeCall &call) {
  if (problem.packing == Packing::dense)
    return;
  const Geometry &geometry = problem.geometry;
  call.queryTokenStride = queryOf(problem).outerStride;
  call.outputTokenStride = outputOf(problem).outerStride;
  call.keyPageStride = geometry.keys.page;
  call.valuePageStride = geometry.values.page;
  call.keyHeadStride = geometry.keys.head;
  call.valueHeadStride = geometry.values.head;
  call.keyTokenStride = geometry.keys.token;
  call.valueTokenStride = geometry.values.token;
  call.keyScalePageStride = geometry.keyScales.page;
  call.valueScalePageStride = geometry.valueScales.page;
  call.keyScaleHeadStride = geometry.keyScales.head;
  call.valueScaleHeadStride = geometry.valueScales.head;
}

} // namespace

uint8_t unusedByte(const Problem &problem) {
  if (!problem.poison)
    return 0;
  // 0xff twice is a NaN in both 16-bit formats, and four times in float; of 8 bits each has its own.
  return facts(problem.shape.outputType).bytes == 2 ? 0xff : uint8_t(reference::poisonCode(problem.shape.outputType));
}

Strided outputOf(const Problem &problem) {
  const reference::Shape &shape = problem.shape;
  return tokensOf(problem, size_t(shape.queryHeads) * shape.valueHeadSize * facts(shape.outputType).bytes, 16);
}

Buffers::~Buffers() {
  for (uint64_t address : addresses)
    if (Status released = device.release(address); !released)
      std::fprintf(stderr, "pa-run: warning: %s\n", released.error().message.c_str());
}

uint64_t Buffers::make(const char *name, const void *content, uint64_t bytes) {
  if (!status)
    return 0;
  auto address = device.allocate(name, std::max<uint64_t>(bytes, 16)); // an address even for nothing
  if (!address) {
    status = Status(address.error());
    return 0;
  }
  addresses.push_back(*address);
  if (content && bytes)
    status = device.copyTo(*address, content, bytes);
  return *address;
}

uint64_t Buffers::make(const char *name, const Pool &pool, const Problem &problem, int64_t pageBytes) {
  if (pool.empty())
    return 0;
  if (!problem.sparse || pageBytes == 0)
    return make(name, pool.data(), pool.bytes());
  uint64_t address = make(name, nullptr, pool.bytes());
  for (int32_t page : problem.filledPages)
    if (status)
      status = device.copyTo(address + page * pageBytes, pool.data() + page * pageBytes, pageBytes);
  return address;
}

uint64_t Buffers::makeWorkspace(const DecodePlan &plan, uint8_t unused) {
  if (plan.workspaceBytes == 0)
    return 0;
  std::vector<uint8_t> workspace(plan.workspaceBytes, unused);
  uint64_t counters = pa_decode_workspace_bytes(plan.shape.grid[0], 0);
  std::fill(workspace.begin(), workspace.begin() + std::min<uint64_t>(counters, workspace.size()), 0);
  return make("workspace", workspace);
}

void Buffers::uploadCaches(const Problem &problem, DecodeCall &call) {
  const Geometry &geometry = problem.geometry;
  call.keyCache = make(geometry.packed ? "kv_cache" : "key_cache", problem.keyPool, problem, geometry.keys.page);
  call.valueCache = geometry.packed ? call.keyCache + geometry.valuesAt
                                    : make("value_cache", problem.valuePool, problem, geometry.values.page);
  call.keyScales = make("key_scales", problem.keyScalePool, problem, geometry.keyScales.page);
  call.valueScales = make("value_scales", problem.valueScalePool, problem, geometry.valueScales.page);
}

void Buffers::uploadScoreInputs(const Problem &problem, DecodeCall &call) {
  call.softmaxScale = problem.scale;
  call.softCap = problem.softCap;
  call.outputScale = problem.outputScale;
  call.alibiSlopes = makeIfAny("alibi_slopes", problem.slopes);
  call.sinks = makeIfAny("sinks", problem.sinks);
  call.scoreNumbers = problem.scoreNumbers;
  for (size_t i = 0; i < problem.scoreTensors.size(); ++i)
    call.scoreTensors[i] = make("score_tensor", problem.scoreTensors[i]);
}

Expected<DecodeCall> Buffers::upload(const KernelDescription &description, const DecodePlan &plan,
                                     const Problem &problem) {
  uint8_t unused = problem.poison ? 0xff : 0; // of floats and 16-bit numbers
  Strided query = queryOf(problem);
  DecodeCall call;
  call.query =
      query.isDense() ? make("query", problem.query) : make("query", spread(query, problem.query.data(), unused));
  uploadCaches(problem, call);
  call.output = make("output", nullptr, outputOf(problem).bytes());
  call.lse = description.variant.lse ? make("lse", nullptr, problem.rows() * sizeof(float)) : 0;
  call.blockTables = make("block_tables", problem.blockTables);
  call.contextLens = make("context_lens", problem.contextLens);
  call.kvIndptr = makeIfAny("kv_indptr", problem.kvIndptr);
  call.qoIndptr = makeIfAny("qo_indptr", problem.qoIndptr);
  call.workspace = makeWorkspace(plan, unused);
  uploadScoreInputs(problem, call);
  call.sequences = problem.sequences();
  call.tableWidth = problem.tableWidth;
  setStrides(problem, call);
  if (!status)
    return status.error();
  return call;
}

} // namespace pa::run
