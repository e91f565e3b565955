// The generic decode kernel: any variant, which is known when it is launched. It serves while a kernel of the variant's
// own is compiled, or where there is no compiler: plain, and in f32 from the products to the result.
//
// A workgroup is one query head of one query token. Its waves take 64 tokens of the context in turns: a lane computes
// the score of one token, and then the columns lane, lane + 64, ... of the sum of values. At the end the waves' sums
// are merged in LDS.
#include "pa/abi.h"
#include "runtime/generic/Pages.h"

using namespace pa::generic;

namespace {

GENERIC_KERNEL_OF("decode");

constexpr float log2e = 1.44269504f, ln2 = 0.69314718f;
constexpr uint32_t columnsOfLane = mostHeadSize / laneCount;

// One row of the output, and the keys that it sees: positions first to end - 1.
struct Row {
  const global int32_t *pages; // of the sequence
  int64_t token;               // among all tokens of the batch
  uint32_t head, kvHead;
  int64_t own, first, end; // own: the token's position
};

// The row of this workgroup; false if there is none, since a sequence has fewer tokens.
device bool findRow(Row &row) {
  const auto &[args, variant] = launched<pa_decode_args>();
  uint32_t items = variant.queryTokens * variant.queryHeads, item = workgroup() % items;
  uint32_t sequence = workgroup() / items, token = item / variant.queryHeads;
  int64_t tokens = variant.queryTokens, firstToken = sequence * tokens;
  if (variant.ragged) {
    firstToken = read<int32_t>(args.qo_indptr + sequence * 4ul);
    tokens = read<int32_t>(args.qo_indptr + sequence * 4ul + 4) - firstToken;
  }
  if (token >= tokens)
    return false;
  int64_t context = read<int32_t>(args.context_lens + sequence * 4ul), page = variant.cache.pageSize;
  row.pages = (const global int32_t *)args.block_tables;
  if (variant.csr) {
    int64_t begin = read<int32_t>(args.kv_indptr + sequence * 4ul);
    int64_t count = read<int32_t>(args.kv_indptr + sequence * 4ul + 4) - begin;
    row.pages += begin;
    context = count > 0 ? (count - 1) * page + context : 0;
  } else {
    int64_t most = args.table_width * page;
    row.pages += int64_t(sequence) * args.table_width;
    context = context < 0 ? 0 : context < most ? context : most;
  }
  row.token = firstToken + token;
  row.head = item % variant.queryHeads;
  row.kvHead = row.head / (variant.queryHeads / variant.cache.heads);
  row.own = context - tokens + token;
  row.end = variant.causal ? row.own + 1 : context;
  row.first = variant.window && row.own >= int64_t(variant.window) ? row.own - variant.window + 1 : 0;
  return true;
}

device void readQuery(const Row &row, shared float *query) {
  const auto &[args, variant] = launched<pa_decode_args>();
  uint32_t bytes = bytesOf(variant.type);
  uint64_t address = args.query + uint64_t(row.token * args.query_token_stride) +
                     (row.head * uint64_t(variant.cache.headSize) + thread()) * bytes;
  if (thread() < variant.cache.headSize)
    query[thread()] = read16(variant.type, address);
}

// A lane's token.
struct Token {
  uint64_t key, value; // where they begin
  float keyScale, valueScale;
};

device Token tokenAt(const pa_decode_args &args, const CacheFields &cache, const Row &row, uint32_t position) {
  Part keys = {args.key_cache,
               args.key_scales,
               args.key_page_stride,
               args.key_head_stride,
               args.key_token_stride,
               args.key_scale_page_stride,
               args.key_scale_head_stride};
  Part values = {args.value_cache,
                 args.value_scales,
                 args.value_page_stride,
                 args.value_head_stride,
                 args.value_token_stride,
                 args.value_scale_page_stride,
                 args.value_scale_head_stride};
  int64_t page = row.pages[position / cache.pageSize];
  uint32_t slot = position % cache.pageSize;
  return {headOf(keys, page, row.kvHead) + uint64_t(keyOffset(cache, keys, slot)),
          headOf(values, page, row.kvHead) + uint64_t(valueOffset(cache, values, slot)),
          scaleOf(cache, keys, page, row.kvHead, slot), scaleOf(cache, values, page, row.kvHead, slot)};
}

template <Type type>
device float product(uint64_t key, int64_t pieceStride, uint32_t pieces, const shared float *query) {
  float sum = 0;
#pragma unroll 4
  for (uint32_t i = 0; i < pieces; ++i) {
    Vector piece = read<Vector>(key + uint64_t(i * pieceStride));
#pragma unroll
    for (uint32_t j = 0; j < pieceOf(type); ++j)
      sum += query[i * pieceOf(type) + j] * element<type>(piece, j);
  }
  return sum;
}

// Of a product with its scales, times log2(e).
device float scoreOf(const pa_decode_args &args, const Fields &variant, const Row &row, float product,
                     uint32_t position) {
  float score = product;
  if (variant.softCap) {
    float power = __builtin_amdgcn_exp2f(score * (2 * log2e / args.soft_cap));
    score = args.soft_cap * (1 - 2 / (power + 1));
  }
  if (variant.alibi)
    score += read<float>(args.alibi_slopes + row.head * 4ul) * float(int64_t(position) - row.own);
  return score * log2e;
}

// What a wave has of a row: the largest score, and relative to it the sum of weights and the weighted sum of values.
// `weights` is this lane's part of the sum.
struct State {
  float largest, weights, columns[columnsOfLane];
};

// What a wave leaves in LDS.
struct Wave {
  float largest, weights, columns[mostHeadSize];
};

// Of the tokens first to first + count - 1, whose lanes know where they begin and how much they weigh: loads first.
template <Type type, uint32_t count>
device float weighted(float sum, uint64_t value, float weight, uint32_t first, uint64_t column) {
  float numbers[count];
  for (uint32_t i = 0; i < count; ++i)
    numbers[i] = readNumber<type>(ofLane(value, first + i) + column);
  for (uint32_t i = 0; i < count; ++i)
    sum += ofLane(weight, first + i) * numbers[i];
  return sum;
}

// The values of lanes 0 to count - 1.
template <Type type>
device void addValues(State &state, const CacheFields &cache, uint64_t value, float weight, uint32_t count) {
  constexpr uint32_t together = 8;
#pragma unroll
  for (uint32_t i = 0; i < columnsOfLane; ++i) {
    if (i * laneCount >= cache.valueHeadSize)
      break;
    // A lane beyond the last column adds that one up for nobody.
    uint32_t column = i * laneCount + lane(), last = cache.valueHeadSize - 1;
    uint64_t offset = uint64_t((column < last ? column : last) * valueStride(cache));
    float sum = state.columns[i];
    uint32_t token = 0;
    for (; token + together <= count; token += together)
      sum = weighted<type, together>(sum, value, weight, token, offset);
    for (; token < count; ++token)
      sum = weighted<type, 1>(sum, value, weight, token, offset);
    state.columns[i] = sum;
  }
}

// The tokens of this wave.
template <Type type> device void walk(const Row &row, const shared float *query, State &state) {
  for (int64_t start = row.first + wave() * laneCount; start < row.end; start += workgroupThreads) {
    const auto &[args, variant] = launched<pa_decode_args>();
    uint32_t count = row.end - start < laneCount ? uint32_t(row.end - start) : laneCount;
    Token token = {};
    float score = -__builtin_inff();
    if (lane() < count) { // entries and slots past the end are nobody's
      uint32_t position = uint32_t(start) + lane();
      token = tokenAt(args, variant.cache, row, position);
      float sum =
          product<type>(token.key, keyPieceStride(variant.cache), variant.cache.headSize / pieceOf(type), query);
      score = scoreOf(args, variant, row, sum * (args.softmax_scale * token.keyScale), position);
    }
    float before = state.largest;
    state.largest = __builtin_fmaxf(before, overLanes(score, [](float a, float b) { return __builtin_fmaxf(a, b); }));
    float correction = __builtin_amdgcn_exp2f(before - state.largest);
    float weight = __builtin_amdgcn_exp2f(score - state.largest);
    state.weights = state.weights * correction + weight;
    for (float &column : state.columns)
      column *= correction;
    addValues<type>(state, variant.cache, token.value, weight * token.valueScale, count);
  }
}

device void walkAny(const Row &row, const shared float *query, State &state) {
  switch (launched<pa_decode_args>().variant.cache.type) {
  case bf16:
    return walk<bf16>(row, query, state);
  case f16:
    return walk<f16>(row, query, state);
  case fp8E4m3fn:
    return walk<fp8E4m3fn>(row, query, state);
  case fp8E4m3fnuz:
    return walk<fp8E4m3fnuz>(row, query, state);
  case int8:
    return walk<int8>(row, query, state);
  }
}

// The merged result's element of this thread, and the LSE.
struct Merged {
  float element, lse;
};

device Merged merge(const Fields &variant, float sink, const shared Wave *waves) {
  float largest = sink;
  for (uint32_t i = 0; i < workgroupWaves; ++i)
    largest = __builtin_fmaxf(largest, waves[i].largest);
  float sum = variant.sinks ? __builtin_amdgcn_exp2f(sink - largest) : 0, element = 0;
  for (uint32_t i = 0; i < workgroupWaves; ++i) {
    float correction = __builtin_amdgcn_exp2f(waves[i].largest - largest);
    sum += waves[i].weights * correction;
    element += waves[i].columns[thread()] * correction;
  }
  return {element / sum, (largest + __builtin_amdgcn_logf(sum)) * ln2};
}

device void writeRow(const Row &row, const shared Wave *waves) {
  const auto &[args, variant] = launched<pa_decode_args>();
  float sink = variant.sinks ? read<float>(args.sinks + row.head * 4ul) * log2e : -__builtin_inff();
  Merged merged = merge(variant, sink, waves);
  if (row.end <= row.first) // no key is seen
    merged = {0, sink * ln2};
  uint32_t bytes = bytesOf(variant.outputType);
  uint64_t output = args.output + uint64_t(row.token * args.output_token_stride) +
                    (row.head * uint64_t(variant.cache.valueHeadSize) + thread()) * bytes;
  if (thread() < variant.cache.valueHeadSize)
    writeNumber(variant.outputType, output, bytes == 1 ? merged.element / args.output_scale : merged.element);
  if (variant.lse && thread() == 0)
    write(args.lse + uint64_t(row.token * variant.queryHeads + row.head) * 4, merged.lse);
}

} // namespace

kernel void decode_generic(pa_decode_args, Fields) {
  shared float query[mostHeadSize];
  shared Wave waves[workgroupWaves];
  Row row;
  if (!findRow(row))
    return;
  readQuery(row, query);
  barrier();
  State state = {-__builtin_inff(), 0, {}};
  walkAny(row, query, state);
  float weights = overLanes(state.weights, [](float a, float b) { return a + b; });
  for (uint32_t i = 0; i < columnsOfLane; ++i)
    waves[wave()].columns[i * laneCount + lane()] = state.columns[i];
  waves[wave()].largest = state.largest; // every lane has these two
  waves[wave()].weights = weights;
  barrier();
  writeRow(row, waves);
}
