// pa-shuffle-kv-layout changes a module's writer and its reader together: what the one wrote, the other reads right.
#include "runtime/device/DecodeLaunch.h"
#include "test/cache/NewTokens.h"
#include "test/cache/Runner.h"
#include "test/reference/Errors.h"
#include "test/reference/PagedAttention.h"

#include <algorithm>
#include <numeric>
#include <random>

using namespace pa;
using namespace pa::cachetest;
namespace ref = pa::reference;

namespace {

constexpr int queryHeads = 8, pages = 20, tableWidth = 9;

// A writer and a reader of one cache, whose layout is the module's to decide.
std::string moduleOf(const CacheShape &shape) {
  std::string scales = shape.scaleType(), parameters, operands;
  if (!scales.empty()) {
    parameters = ", %ks: " + scales + ", %vs: " + scales;
    operands = " scales(%ks, %vs : " + scales + ", " + scales + ")";
  }
  return "!kv = " + shape.mlirType("module") + R"(
!new = memref<?x2x64xbf16>
!queries = memref<?x8x64xbf16>
func.func @write(%k: !new, %v: !new, %s: memref<?xi64>, %kv: !kv)" +
         parameters + R"() {
  pa.append keys(%k : !new) values(%v : !new) slots(%s : memref<?xi64>) cache(%kv : !kv))" +
         operands + R"(
  return
}
func.func @read(%q: !queries, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32, %o: !queries)" +
         parameters + R"() {
  pa.decode query(%q : !queries) cache(%kv : !kv) tables(%t : memref<?x?xi32>) lens(%n : memref<?xi32>) scale(%scale)
    out(%o : !queries))" +
         operands + " {p = #pa.p<split>}\n  return\n}\n";
}

struct Batch {
  std::vector<int32_t> lengths = {1, 40, 131}, tables;
  std::vector<uint16_t> query;
  NewTokens tokens; // in the order of sequences
};

Batch makeBatch(const CacheShape &shape) {
  Batch batch;
  std::vector<int32_t> order(pages);
  std::iota(order.begin(), order.end(), 0);
  std::shuffle(order.begin(), order.end(), std::mt19937(8));
  int all = std::accumulate(batch.lengths.begin(), batch.lengths.end(), 0);
  batch.tokens = randomTokens(shape, "bf16", all, 3, /*ordinary=*/true);
  for (size_t s = 0; s < batch.lengths.size(); ++s) {
    for (int entry = 0; entry < tableWidth; ++entry)
      batch.tables.push_back(order[s * 5 + entry]); // the last sequence alone has more than 5
    for (int token = 0; token < batch.lengths[s]; ++token)
      batch.tokens.slots.push_back(int64_t(batch.tables[s * tableWidth + token / shape.page]) * shape.page +
                                   token % shape.page);
  }
  layOut(shape, batch.tokens);
  CacheShape queries = shape;
  queries.heads = queryHeads;
  batch.query = randomTokens(queries, "bf16", int(batch.lengths.size()), 4, /*ordinary=*/true).codes[keys];
  return batch;
}

ref::Shape decodeShape(const CacheShape &shape) {
  ref::Shape decode = shape.reference();
  decode.queryHeads = queryHeads;
  return decode;
}

// What is right is computed from the cache in the layout that it was written in, filled on the host.
ref::Result expect(const CacheShape &shape, const Batch &batch) {
  Cache cache(shape);
  append(cache, batch.tokens);
  ref::Inputs inputs;
  inputs.query = batch.query.data();
  inputs.keyCache = cache.parts[keys].bytes.data();
  inputs.valueCache = cache.parts[values].bytes.data();
  inputs.keys = cache.parts[keys].strides;
  inputs.values = cache.parts[values].strides;
  inputs.keyScales = reinterpret_cast<const float *>(cache.parts[keys].scaleBytes.data());
  inputs.valueScales = reinterpret_cast<const float *>(cache.parts[values].scaleBytes.data());
  inputs.keyScaleStrides = cache.parts[keys].scaleStrides;
  inputs.valueScaleStrides = cache.parts[values].scaleStrides;
  inputs.blockTables = batch.tables.data();
  inputs.contextLens = batch.lengths.data();
  inputs.sequences = int(batch.lengths.size());
  inputs.tableWidth = tableWidth;
  inputs.pages = pages;
  inputs.softmaxScale = 0.125;
  return ref::pagedAttention(decodeShape(shape), inputs);
}

// The writer's kernel on an empty cache of the layout that it was compiled for. `cache` is what is in memory then.
pa_cache write(Runner &runner, const std::string &writer, const Batch &batch, Cache &cache) {
  pa_append_args args = {};
  args.abi_version = PA_APPEND_ABI_VERSION;
  args.struct_size = sizeof args;
  args.cache = runner.put(cache);
  args.keys = runner.put("keys", batch.tokens.padded[keys]);
  args.values = runner.put("values", batch.tokens.padded[values]);
  args.slots = runner.put("slots", batch.tokens.slots);
  args.keys_token_stride = batch.tokens.strides[keys];
  args.values_token_stride = batch.tokens.strides[values];
  args.num_tokens = int32_t(batch.tokens.slots.size());
  runner.launch(writer, args, int64_t(args.num_tokens) * cache.shape.heads);
  runner.get(args.cache, cache);
  return args.cache;
}

std::vector<uint16_t> read(Runner &runner, const std::string &reader, const Batch &batch, const pa_cache &cache) {
  auto object = CodeObject::parse(reader.data(), reader.size());
  auto description = readDescription(*object);
  EXPECT_TRUE(description) << description.error().message;
  auto plan = planDecode(*description, runner.device().chip(), int64_t(batch.lengths.size()));
  EXPECT_TRUE(plan);
  DecodeCall call;
  call.query = runner.put("query", batch.query);
  call.keyCache = cache.keys;
  call.valueCache = cache.values;
  call.keyScales = cache.key_scales;
  call.valueScales = cache.value_scales;
  call.output = runner.put("output", std::vector<uint16_t>(batch.query.size()));
  call.blockTables = runner.put("tables", batch.tables);
  call.contextLens = runner.put("lengths", batch.lengths);
  call.workspace = runner.put("workspace", std::vector<uint8_t>(plan->workspaceBytes));
  call.sequences = int64_t(batch.lengths.size());
  call.tableWidth = tableWidth;
  call.softmaxScale = 0.125f;
  auto args = fillDecodeArgs(*description, *plan, call);
  EXPECT_TRUE(args) << args.error().message;
  runner.launch(reader, plan->shape, &*args, sizeof *args);
  return runner.get<uint16_t>(call.output, batch.query.size());
}

void check(const std::string &chip, const char *type, const char *scales) {
  CacheShape shape;
  shape.type = type;
  shape.scales = scales;
  shape.pages = pages;
  SCOPED_TRACE(chip + " " + shape.name());
  Batch batch = makeBatch(shape);
  ref::Result expected = expect(shape, batch);
  std::string objects[2], module = moduleOf(shape);
  for (int on : {0, 1}) {
    const char *options = on ? "" : "shuffle=false", *layout = on ? "shuffled" : "nhd";
    std::string writer = compile(module, chip, "write", options);
    objects[on] = compile(module, chip, "read", options);
    ASSERT_EQ(layout, Runner::description(writer)["append"]["layout"]);
    ASSERT_EQ(layout, Runner::description(objects[on])["variant"]["layout"]);
    CacheShape compiled = shape;
    compiled.layout = layout;
    Cache cache(compiled), filled(compiled);
    append(filled, batch.tokens);
    Runner runner(chip);
    pa_cache memory = write(runner, writer, batch, cache);
    EXPECT_TRUE(sameCache(filled, cache));
    auto output = read(runner, objects[on], batch, memory);
    EXPECT_LT(ref::measure(decodeShape(shape), expected, output.data()).ratio, 1.05) << layout;
    // A reader of the other layout does not go unnoticed.
    if (on) {
      output = read(runner, objects[0], batch, memory);
      EXPECT_GT(ref::measure(decodeShape(shape), expected, output.data()).ratio, 10);
    }
  }
}

class Shuffle : public testing::TestWithParam<const char *> {};
INSTANTIATE_TEST_SUITE_P(Chips, Shuffle, testing::Values("gfx942", "gfx950"),
                         [](const auto &info) { return std::string(info.param); });

TEST_P(Shuffle, writerAndReaderOfAModuleAgreeWithThePassAndWithout) {
  check(GetParam(), "bf16", "none");
  check(GetParam(), "f8E4M3FN", "token");
}

} // namespace
