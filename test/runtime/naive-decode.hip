// Paged-attention decode as plainly as it can be written, compiled as HIP by clang and not by us: an end-to-end test of
// the emulated device, the runtime and pa-run that owes nothing to our compiler.
//
// One workgroup a (sequence, KV head), VALUE_HEAD_SIZE work-items, one a column of the output. Scores of 64 tokens at a
// time go through LDS; every work-item keeps the row's maximum and sum for itself. P stays in f32, or is
// rounded to FP8.
// Defined by the build: each field of the variant under its name in capitals, as docs/variant.md spells it;
// DESCRIPTION, the content of .pa.variant. FAULT breaks the kernel on purpose: 1 reads past the context, 2 adds an
// error to one element, 3 counts its launches in the workspace, 4 forgets V's scale of the last token, 5 has a window
// that is a token too large, 6 takes the slope of the next head.
#include "pa/abi.h"

#define device __attribute__((device))
#define global __attribute__((address_space(1)))
#define barrier()                                                                                                      \
  __builtin_amdgcn_fence(__ATOMIC_SEQ_CST, "workgroup");                                                               \
  __builtin_amdgcn_s_barrier();                                                                                        \
  __builtin_amdgcn_fence(__ATOMIC_SEQ_CST, "workgroup")

enum class Type { bf16, f16, fp8_e4m3fn, fp8_e4m3fnuz, int8 };
enum class Layout { nhd, hnd, classic, shuffled };
enum class Scales { none, tensor, head, token, page };
enum class Tables { block, csr };
enum class Mask { causal, none };
enum class Products { wide, fp8 };

constexpr int group = Q_HEADS / KV_HEADS, chunk = 64;
constexpr Layout layout = Layout::LAYOUT;
constexpr Scales scales = Scales::SCALES;
constexpr bool csr = Tables::TABLES == Tables::csr, causal = Mask::MASK == Mask::causal;
constexpr bool fp8Products = Products::PRODUCTS == Products::fp8;
constexpr int window = WINDOW + (FAULT == 5);
constexpr float log2e = 1.44269504f, ln2 = 0.69314718f;

using Bytes = const global uint8_t *;

device __attribute__((section(".pa.variant"), used)) extern const char description[] = DESCRIPTION;

constexpr int bytesOf(Type type) { return type == Type::bf16 || type == Type::f16 ? 2 : 1; }
constexpr int cacheBytes = bytesOf(Type::CACHE_TYPE), piece = 16 / cacheBytes;

// FP8 has f16's fields with a shorter mantissa and another bias.
template <Type type> device float decodeFp8(uint32_t code) {
  if (type == Type::fp8_e4m3fn ? (code & 0x7f) == 0x7f : code == 0x80)
    return __builtin_nanf("");
  float half = __builtin_bit_cast(_Float16, (uint16_t)((code & 0x80) << 8 | (code & 0x7f) << 7));
  return half * (type == Type::fp8_e4m3fn ? 256.0f : 128.0f);
}

template <Type type> device float decode(Bytes address) {
  if constexpr (type == Type::bf16)
    return __builtin_bit_cast(float, (uint32_t)*(const global uint16_t *)address << 16);
  if constexpr (type == Type::f16)
    return __builtin_bit_cast(_Float16, *(const global uint16_t *)address);
  if constexpr (type == Type::int8)
    return (float)(int8_t)*address;
  return decodeFp8<type>(*address);
}

template <Type type> constexpr float most = type == Type::fp8_e4m3fn ? 448.0f : 240.0f;

// Nearest even, saturating.
template <Type type> device uint8_t encodeFp8(float value) {
  constexpr int bias = type == Type::fp8_e4m3fn ? 7 : 8;
  constexpr float leastNormal = type == Type::fp8_e4m3fn ? 0x1p-6f : 0x1p-7f;
  if (value != value)
    return type == Type::fp8_e4m3fn ? 0x7f : 0x80;
  uint32_t sign = __builtin_bit_cast(uint32_t, value) >> 24 & 0x80;
  float magnitude = __builtin_fminf(__builtin_fabsf(value), most<type>);
  uint32_t bits = __builtin_bit_cast(uint32_t, magnitude);
  uint32_t code = magnitude < leastNormal ? (uint32_t)__builtin_rintf(magnitude * (8 / leastNormal))
                                          : ((bits + 0x7ffff + (bits >> 20 & 1)) >> 20) - ((127 - bias) << 3);
  return type == Type::fp8_e4m3fnuz && code == 0 ? 0 : sign | code;
}

template <Type type> device void store(global uint8_t *address, float value) {
  if constexpr (type == Type::bf16) {
    uint32_t bits = __builtin_bit_cast(uint32_t, value);
    uint16_t code = (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
    *(global uint16_t *)address = value != value ? 0x7fc0 : code;
  } else if constexpr (type == Type::f16) {
    *(global uint16_t *)address = __builtin_bit_cast(uint16_t, (_Float16)value);
  } else {
    *address = encodeFp8<type>(value);
  }
}

// The nearest number that FP8 has with this scale.
device float roundFp8(float value, float scale) {
  return decodeFp8<Type::CACHE_TYPE>(encodeFp8<Type::CACHE_TYPE>(value / scale)) * scale;
}

device long keyOffset(int token, int d, long tokenStride) {
  if (layout == Layout::nhd || layout == Layout::hnd)
    return token * tokenStride + d * cacheBytes;
  return (((long)(d / piece) * PAGE_SIZE + token) * piece + d % piece) * cacheBytes;
}

device long valueOffset(int token, int d, long tokenStride) {
  if (layout == Layout::nhd || layout == Layout::hnd)
    return token * tokenStride + d * cacheBytes;
  if (layout == Layout::classic)
    return ((long)d * PAGE_SIZE + token) * cacheBytes;
  return (((long)(token / piece) * VALUE_HEAD_SIZE + d) * piece + token % piece) * cacheBytes;
}

device float scaleOf(uint64_t address, long page, int head, int token, long pageStride, long headStride) {
  if (scales == Scales::none)
    return 1;
  long offset = scales == Scales::tensor ? 0 : head * headStride;
  if (scales == Scales::token || scales == Scales::page)
    offset += page * pageStride;
  if (scales == Scales::token)
    offset += token * sizeof(float);
  return *(const global float *)(address + offset);
}

// One sequence as the kernel sees it.
struct Sequence {
  const global int32_t *pages;
  long context, firstToken;
  int tokens;
};

device Sequence sequenceOf(const pa_decode_args &args, int index) {
  Sequence s;
  const global int32_t *pages = (const global int32_t *)args.block_tables;
  s.context = ((const global int32_t *)args.context_lens)[index];
  if (csr) {
    const global int32_t *indptr = (const global int32_t *)args.kv_indptr + index;
    s.pages = pages + indptr[0];
    s.context = indptr[1] == indptr[0] ? 0 : (long)(indptr[1] - indptr[0] - 1) * PAGE_SIZE + s.context;
  } else {
    long most = (long)args.table_width * PAGE_SIZE;
    s.pages = pages + (long)index * args.table_width;
    s.context = s.context < 0 ? 0 : s.context > most ? most : s.context;
  }
  s.firstToken = (long)index * QUERY_TOKENS;
  s.tokens = QUERY_TOKENS;
  if (RAGGED) {
    const global int32_t *indptr = (const global int32_t *)args.qo_indptr + index;
    s.firstToken = indptr[0];
    s.tokens = indptr[1] - indptr[0];
  }
  return s;
}

device float queryAt(Bytes query, int d) { return decode<Type::QUERY_TYPE>(query + d * bytesOf(Type::QUERY_TYPE)); }

// With products in FP8: the least power of two that brings the row's largest element within the format.
device float queryScale(Bytes query) {
  float largest = 0;
  for (int i = 0; i < HEAD_SIZE; ++i)
    largest = __builtin_fmaxf(largest, __builtin_fabsf(queryAt(query, i)));
  float scale = 1;
  while (scale > 0x1p-126f && scale / 2 * most<Type::CACHE_TYPE> >= largest)
    scale /= 2;
  while (scale * most<Type::CACHE_TYPE> < largest)
    scale *= 2;
  return scale;
}

// Of key `position` for a token at position `own`, times log2(e).
device float scoreOf(const pa_decode_args &args, const Sequence &s, Bytes query, int kvHead, int head, int position,
                     int own) {
  long page = s.pages[position / PAGE_SIZE];
  int token = position % PAGE_SIZE;
  Bytes keys = (Bytes)(args.key_cache + page * args.key_page_stride + kvHead * args.key_head_stride);
  float score = 0, scale = fp8Products ? queryScale(query) : 1;
  for (int i = 0; i < HEAD_SIZE; ++i) {
    float element = queryAt(query, i);
    if (fp8Products)
      element = roundFp8(element, scale);
    score += element * decode<Type::CACHE_TYPE>(keys + keyOffset(token, i, args.key_token_stride));
  }
  score *= args.softmax_scale *
           scaleOf(args.key_scales, page, kvHead, token, args.key_scale_page_stride, args.key_scale_head_stride);
  if (SOFT_CAP) {
    float power = __builtin_amdgcn_exp2f(score * (2 * log2e / args.soft_cap));
    score = args.soft_cap * (1 - 2 / (power + 1));
  }
  if (ALIBI)
    score += ((const global float *)args.alibi_slopes)[(head + (FAULT == 6)) % Q_HEADS] * (float)(position - own);
  if (USER_SCORE) // a score of the test's own: four numbers of a tensor in turns
    score += args.score_numbers[0] * ((const global float *)args.score_tensors[0])[position % 4];
  return score * log2e;
}

extern "C" __attribute__((__global__, amdgpu_flat_work_group_size(VALUE_HEAD_SIZE, VALUE_HEAD_SIZE))) void
decode_naive(pa_decode_args args) {
  __attribute__((shared)) float scores[chunk];
  int d = __builtin_amdgcn_workitem_id_x();
  int index = __builtin_amdgcn_workgroup_id_x() / KV_HEADS, kvHead = __builtin_amdgcn_workgroup_id_x() % KV_HEADS;
  Sequence s = sequenceOf(args, index);

  for (int row = 0; row < s.tokens * group; ++row) {
    int token = row / group, head = kvHead * group + row % group;
    Bytes query = (Bytes)(args.query + (s.firstToken + token) * args.query_token_stride) +
                  head * HEAD_SIZE * bytesOf(Type::QUERY_TYPE);
    int own = s.context - s.tokens + token, end = causal ? own + 1 : s.context;
    end = end < 0 ? 0 : end;
    int first = WINDOW && own - window + 1 > 0 ? own - window + 1 : 0;
    first = first > end ? end : first;
    bool visible = end > first;
    if (FAULT == 1)
      end += PAGE_SIZE;
    float largest = -__builtin_inff(), sum = 0, accumulator = 0;
    if (SINKS) {
      largest = ((const global float *)args.sinks)[head] * log2e;
      sum = 1;
    }
    for (; first < end; first += chunk) {
      int tokens = end - first < chunk ? end - first : chunk;
      barrier();
      for (int p = d; p < tokens; p += VALUE_HEAD_SIZE)
        scores[p] = scoreOf(args, s, query, kvHead, head, first + p, own);
      barrier();
      float before = largest;
      for (int p = 0; p < tokens; ++p)
        largest = __builtin_fmaxf(largest, scores[p]);
      float correction = __builtin_amdgcn_exp2f(before - largest);
      sum *= correction;
      accumulator *= correction;
      for (int p = 0; p < tokens; ++p) {
        long page = s.pages[(first + p) / PAGE_SIZE];
        int slot = (first + p) % PAGE_SIZE;
        Bytes values = (Bytes)(args.value_cache + page * args.value_page_stride + kvHead * args.value_head_stride);
        float scale =
            scaleOf(args.value_scales, page, kvHead, slot, args.value_scale_page_stride, args.value_scale_head_stride);
        if (FAULT == 4 && first + p == end - 1)
          scale = 1;
        float weight = __builtin_amdgcn_exp2f(scores[p] - largest);
        if (fp8Products)
          weight = roundFp8(weight, 1 / most<Type::CACHE_TYPE>);
        sum += weight;
        accumulator +=
            weight * scale * decode<Type::CACHE_TYPE>(values + valueOffset(slot, d, args.value_token_stride));
      }
    }
    float result = visible ? accumulator * __builtin_amdgcn_rcpf(sum) : 0.0f;
    if (FAULT == 2 && index == 1 && token == s.tokens - 1 && head == 3 && d == 5)
      result += 0.125f;
    if (FAULT == 3) {
      global uint32_t *launches = (global uint32_t *)args.workspace;
      result += launches[__builtin_amdgcn_workgroup_id_x()] * 0.125f;
      if (row == s.tokens * group - 1 && d == 0)
        launches[__builtin_amdgcn_workgroup_id_x()] = 1;
    }
    if (bytesOf(Type::OUTPUT_TYPE) == 1)
      result /= args.output_scale;
    global uint8_t *output = (global uint8_t *)(args.output + (s.firstToken + token) * args.output_token_stride);
    store<Type::OUTPUT_TYPE>(output + (head * VALUE_HEAD_SIZE + d) * bytesOf(Type::OUTPUT_TYPE), result);
    if (LSE && d == 0)
      ((global float *)args.lse)[(s.firstToken + token) * Q_HEADS + head] =
          visible || SINKS ? (largest + __builtin_amdgcn_logf(sum)) * ln2 : -__builtin_inff();
  }
}
