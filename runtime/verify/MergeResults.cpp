// A few tokens of two results that become one, with all their heads.
#include "runtime/verify/Expectations.h"
#include "runtime/verify/Judge.h"
#include "runtime/verify/Reader.h"
#include "runtime/verify/Text.h"
#include "test/reference/CacheWrites.h"

#include <cmath>

namespace pa::checked {
namespace {

struct Row {
  int token = 0;
  size_t head = 0;
  reference::MergedRow merged;
};

bool isNear(double expected, double got, double allowed) {
  return got == expected || std::fabs(got - expected) <= allowed || (std::isnan(got) && std::isnan(expected));
}

class MergeExpectation : public Expectation {
public:
  MergeExpectation(std::string kernel, const MergeStatesVariant &variant, const pa_merge_states_args &args,
                   std::vector<Row> rows)
      : kernel(std::move(kernel)), variant(variant), args(args), rows(std::move(rows)) {}

  Status check(Checking &checking) override {
    Reader reader(checking.device);
    for (const Row &row : rows) {
      uint64_t address = args.output + uint64_t(row.token * args.output_token_stride) +
                         row.head * variant.headSize * elementBytes(variant.type);
      auto codes = reader.codes(address, variant.headSize, variant.type);
      size_t index = size_t(row.token) * variant.heads + row.head;
      float lse = reader.read<float>(args.lse + index * sizeof(float), 1)[0];
      if (!reader.status)
        return reader.status;
      if (std::string text = difference(row, codes, lse); !text.empty())
        return {ErrorCode::wrongResult, "kernel '" + kernel + "': the result is wrong at " +
                                            format("token %d, head %zu, ", row.token, row.head) + text};
    }
    return {};
  }

private:
  std::string difference(const Row &row, const std::vector<uint16_t> &codes, float lse) const {
    const reference::MergedRow &merged = row.merged;
    if (!isNear(merged.lse, lse, merged.allowedLse))
      return format("lse: got %.9g, expected %.9g, error at most %.3g allowed", double(lse), merged.lse,
                    merged.allowedLse);
    for (size_t d = 0; d < codes.size(); ++d) {
      double got = reference::decode(typeOf(variant.type), codes[d]);
      if (!isNear(merged.values[d], got, merged.allowed[d]))
        return format("d %zu: got %.6g, expected %.6g, error at most %.3g allowed", d, got, merged.values[d],
                      merged.allowed[d]);
    }
    return "";
  }

  std::string kernel;
  MergeStatesVariant variant;
  pa_merge_states_args args;
  std::vector<Row> rows;
};

} // namespace

Expected<std::unique_ptr<Expectation>> expectMergeStates(Checking &checking, const std::string &kernel,
                                                         const MergeStatesVariant &variant,
                                                         const pa_merge_states_args &args) {
  Reader reader(checking.device);
  std::vector<Row> rows;
  size_t heads = variant.heads, size = variant.headSize;
  for (int token : checking.sample.some(args.num_tokens)) {
    auto a = reader.codes(args.a + uint64_t(token * args.a_token_stride), heads * size, variant.type);
    auto b = reader.codes(args.b + uint64_t(token * args.b_token_stride), heads * size, variant.type);
    size_t first = size_t(token) * heads * sizeof(float);
    auto lseA = reader.read<float>(args.a_lse + first, heads), lseB = reader.read<float>(args.b_lse + first, heads);
    for (size_t head = 0; head < heads; ++head)
      rows.push_back({token, head,
                      reference::mergeRow(typeOf(variant.type), &a[head * size], lseA[head], &b[head * size],
                                          lseB[head], int(size))});
  }
  if (!reader.status)
    return reader.status.error();
  return std::unique_ptr<Expectation>(new MergeExpectation(kernel, variant, args, std::move(rows)));
}

} // namespace pa::checked
