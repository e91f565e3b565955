// Paged-attention decode as plainly as it can be written, compiled as HIP by clang and not by us: an end-to-end test of the
// emulated device, the runtime and pa-run that owes nothing to our compiler.
//
// One workgroup a (sequence, KV head), HEAD_SIZE work-items, one a column of the output. Scores of 64 tokens at a time
// go through LDS; every work-item keeps the row's maximum and sum for itself. P stays in f32.
// Defined by the build: TYPE_BF16 or TYPE_F16; LAYOUT 0 nhd, 1 classic, 2 shuffled; HEAD_SIZE, Q_HEADS, KV_HEADS,
// PAGE, QLEN, LSE; DESCRIPTION, the content of .pa.variant. FAULT breaks the kernel on purpose: 1 reads past the
// context, 2 adds an error to one element, 3 counts its launches in the workspace.
#include "pa/abi.h"

#define device __attribute__((device))
#define global __attribute__((address_space(1)))
#define barrier()                                                                                                      \
  __builtin_amdgcn_fence(__ATOMIC_SEQ_CST, "workgroup");                                                               \
  __builtin_amdgcn_s_barrier();                                                                                        \
  __builtin_amdgcn_fence(__ATOMIC_SEQ_CST, "workgroup")

#define GROUP (Q_HEADS / KV_HEADS)
#define CHUNK 64
#define X 8

#if TYPE_BF16
device float decode(uint16_t code) { return __builtin_bit_cast(float, (uint32_t)code << 16); }
device uint16_t encode(float value) {
  uint32_t bits = __builtin_bit_cast(uint32_t, value);
  return (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
}
#else
device float decode(uint16_t code) { return __builtin_bit_cast(_Float16, code); }
device uint16_t encode(float value) { return __builtin_bit_cast(uint16_t, (_Float16)value); }
#endif

device __attribute__((section(".pa.variant"), used)) extern const char description[] = DESCRIPTION;

device long keyOffset(int token, int head, int d, long headStride) {
#if LAYOUT == 0
  return head * headStride / 2 + (long)token * KV_HEADS * HEAD_SIZE + d;
#else
  return head * headStride / 2 + ((long)(d / X) * PAGE + token) * X + d % X;
#endif
}

device long valueOffset(int token, int head, int d, long headStride) {
#if LAYOUT == 0
  return head * headStride / 2 + (long)token * KV_HEADS * HEAD_SIZE + d;
#elif LAYOUT == 1
  return head * headStride / 2 + (long)d * PAGE + token;
#else
  return head * headStride / 2 + ((long)(token / X) * HEAD_SIZE + d) * X + token % X;
#endif
}

extern "C" __attribute__((__global__, amdgpu_flat_work_group_size(HEAD_SIZE, HEAD_SIZE))) void decode_naive(pa_decode_args args) {
  __attribute__((shared)) float scores[CHUNK];
  int d = __builtin_amdgcn_workitem_id_x();
  int sequence = __builtin_amdgcn_workgroup_id_x() / KV_HEADS;
  int kvHead = __builtin_amdgcn_workgroup_id_x() % KV_HEADS;
  const global int32_t *table = (const global int32_t *)args.block_tables + (long)sequence * args.table_width;
  long context = ((const global int32_t *)args.context_lens)[sequence], most = (long)args.table_width * PAGE;
  context = context < 0 ? 0 : context > most ? most : context;

  for (int row = 0; row < QLEN * GROUP; ++row) {
    int token = row / GROUP, head = kvHead * GROUP + row % GROUP;
    long outputToken = (long)sequence * QLEN + token;
    const global uint16_t *query =
        (const global uint16_t *)(args.query + outputToken * args.query_token_stride) + head * HEAD_SIZE;
    int visible = context - QLEN + token + 1;
    visible = visible < 0 ? 0 : visible;
#if FAULT == 1
    visible += PAGE;
#endif
    float largest = -__builtin_inff(), sum = 0, accumulator = 0;
    for (int first = 0; first < visible; first += CHUNK) {
      int tokens = visible - first < CHUNK ? visible - first : CHUNK;
      barrier();
      for (int p = d; p < tokens; p += HEAD_SIZE) {
        const global uint16_t *page =
            (const global uint16_t *)(args.key_cache + (long)table[(first + p) / PAGE] * args.key_page_stride);
        float score = 0;
        for (int i = 0; i < HEAD_SIZE; ++i)
          score += decode(query[i]) * decode(page[keyOffset((first + p) % PAGE, kvHead, i, args.key_head_stride)]);
        scores[p] = score * args.softmax_scale * 1.44269504f;
      }
      barrier();
      float before = largest;
      for (int p = 0; p < tokens; ++p)
        largest = __builtin_fmaxf(largest, scores[p]);
      float correction = __builtin_amdgcn_exp2f(before - largest);
      sum *= correction;
      accumulator *= correction;
      for (int p = 0; p < tokens; ++p) {
        const global uint16_t *page =
            (const global uint16_t *)(args.value_cache + (long)table[(first + p) / PAGE] * args.value_page_stride);
        float weight = __builtin_amdgcn_exp2f(scores[p] - largest);
        sum += weight;
        accumulator += weight * decode(page[valueOffset((first + p) % PAGE, kvHead, d, args.value_head_stride)]);
      }
    }
    float result = visible ? accumulator * __builtin_amdgcn_rcpf(sum) : 0.0f;
#if FAULT == 2
    if (sequence == 1 && token == QLEN - 1 && head == 3 && d == 5)
      result += 0.125f;
#endif
#if FAULT == 3
    global uint32_t *launches = (global uint32_t *)args.workspace;
    result += launches[__builtin_amdgcn_workgroup_id_x()] * 0.125f;
    if (row == QLEN * GROUP - 1 && d == 0)
      launches[__builtin_amdgcn_workgroup_id_x()] = 1;
#endif
    ((global uint16_t *)(args.output + outputToken * args.output_token_stride))[head * HEAD_SIZE + d] = encode(result);
#if LSE
    if (d == 0)
      ((global float *)args.lse)[outputToken * Q_HEADS + head] =
          visible ? (largest + __builtin_amdgcn_logf(sum)) * 0.69314718f : -__builtin_inff();
#endif
  }
}
