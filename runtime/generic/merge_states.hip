// The generic kernel that merges two results of the same queries over different keys. A wave does a head of a token; a
// lane the numbers lane, lane + 64, ...
#include "pa/merge_abi.h"
#include "runtime/generic/Numbers.h"

using namespace pa::generic;

namespace {

GENERIC_KERNEL_OF("merge_states");

constexpr float log2e = 1.44269504f, ln2 = 0.69314718f;

// How much each side has of the sum. The LSE of neither is that of no key.
struct Shares {
  float a, b, lse;
};
device Shares sharesOf(float lseA, float lseB) {
  float most = __builtin_fmaxf(lseA, lseB);
  if (most == -__builtin_inff())
    return {0, 0, most};
  float a = __builtin_amdgcn_exp2f((lseA - most) * log2e), b = __builtin_amdgcn_exp2f((lseB - most) * log2e);
  return {a / (a + b), b / (a + b), most + __builtin_amdgcn_logf(a + b) * ln2};
}

// A side without a share counts for nothing, whatever stands there; the other one stays as it is.
device uint32_t merge(Type type, const Shares &shares, uint32_t a, uint32_t b) {
  if (shares.a == 0 || shares.b == 0)
    return shares.a != 0 ? a : shares.b != 0 ? b : 0;
  return encode16(type, decodeAny(type, a) * shares.a + decodeAny(type, b) * shares.b);
}

} // namespace

kernel void merge_states_generic(pa_merge_states_args, Fields) {
  const auto &[args, variant] = launched<pa_merge_states_args>();
  uint32_t heads = variant.queryHeads, row = workgroup() * workgroupWaves + wave();
  uint64_t token = row / heads, head = row % heads * (variant.headSize * 2ul);
  if (token >= uint32_t(args.num_tokens))
    return;
  Shares shares = sharesOf(read<float>(args.a_lse + row * 4ul), read<float>(args.b_lse + row * 4ul));
  for (uint32_t d = lane(); d < variant.headSize; d += laneCount) {
    uint32_t a = read<uint16_t>(args.a + token * args.a_token_stride + head + d * 2);
    uint32_t b = read<uint16_t>(args.b + token * args.b_token_stride + head + d * 2);
    write(args.output + token * args.output_token_stride + head + d * 2, uint16_t(merge(variant.type, shares, a, b)));
  }
  // The row's lanes have read their LSEs: this one may take the place of one that is read.
  if (lane() == 0)
    write(args.lse + row * 4ul, shares.lse);
}
