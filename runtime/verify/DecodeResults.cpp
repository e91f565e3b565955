// A few (sequence, KV head) of a decode launch, all query tokens and heads of each, against the float64 reference.
#include "runtime/verify/DecodeInputs.h"
#include "runtime/verify/Expectations.h"
#include "runtime/verify/Judge.h"
#include "runtime/verify/Pointers.h"
#include "runtime/verify/Sample.h"
#include "runtime/verify/Text.h"

#include <algorithm>
#include <cmath>

namespace pa::checked {
namespace {

// A place in the item as the caller counts.
reference::Place inCall(const DecodeItem &item, reference::Place place) {
  place.sequence = item.sequence;
  place.head += item.kvHead * item.shape.queryHeads;
  return place;
}

void toCall(const DecodeItem &item, reference::Errors &errors) {
  for (reference::Place *place : {&errors.where, &errors.whereOfRow, &errors.whereOfExcess, &errors.firstInexact})
    *place = inCall(item, *place);
}

class DecodeExpectation : public Expectation {
public:
  DecodeExpectation(const KernelDescription &description, const pa_decode_args &args, std::vector<DecodeItem> items)
      : description(description), args(args), items(std::move(items)) {}

  Status check(Checking &checking) override {
    for (const DecodeItem &item : items)
      if (Status status = check(checking.device, item); !status)
        return status;
    return {};
  }

private:
  Error wrong(const std::string &text) const {
    return {ErrorCode::wrongResult, "kernel '" + description.kernel + "': " + text, {}};
  }

  Status check(Device &device, const DecodeItem &item) const {
    Reader reader(device);
    std::vector<uint16_t> output = outputOf(reader, item);
    std::vector<float> lse = lseOf(reader, item);
    if (!reader.status)
      return reader.status;
    reference::Result expected = reference::pagedAttention(item.shape, item.inputs(), 1);
    if (!std::all_of(expected.output.begin(), expected.output.end(), [](double x) { return std::isfinite(x); }))
      return wrong("the result of sequence " + std::to_string(item.sequence) +
                   " is not finite, since an input is not: " + firstNotFinite(item));
    return judged(item, expected, output, lse);
  }

  Status judged(const DecodeItem &item, const reference::Result &expected, const std::vector<uint16_t> &output,
                const std::vector<float> &lse) const {
    Judged how{description.variant, item.softCap, true};
    reference::Errors errors = reference::measure(item.shape, expected, output.data());
    toCall(item, errors);
    std::vector<Check> checks = judge(how, errors);
    if (!lse.empty()) {
      reference::LseErrors ofLse = reference::measureLse(item.shape, expected, lse.data());
      ofLse.where = inCall(item, ofLse.where);
      checks.push_back(judgeLse(how, ofLse));
    }
    std::string failed;
    for (const Check &check : checks)
      failed += check.ok ? "" : "; " + check.name + ": " + check.detail;
    if (failed.empty())
      return {};
    return wrong("the result is wrong, most of all at " + placeText(errors.where) +
                 format(": got %.6g, expected %.6g, error %.3g", errors.got, errors.expected, errors.largest) + failed);
  }

  std::vector<uint16_t> outputOf(Reader &reader, const DecodeItem &item) const {
    const Variant &variant = description.variant;
    size_t row = size_t(variant.group()) * variant.valueHeadSize;
    std::vector<uint16_t> output;
    for (int token = 0; token < item.tokens; ++token) {
      uint64_t address = args.output + uint64_t((item.firstToken + token) * args.output_token_stride) +
                         uint64_t(item.kvHead) * row * elementBytes(variant.outputType);
      auto codes = reader.codes(address, row, variant.outputType);
      output.insert(output.end(), codes.begin(), codes.end());
    }
    return output;
  }

  std::vector<float> lseOf(Reader &reader, const DecodeItem &item) const {
    std::vector<float> lse;
    size_t group = description.variant.group();
    for (int token = 0; token < item.tokens && args.lse; ++token) {
      size_t first = size_t(item.firstToken + token) * description.variant.queryHeads + size_t(item.kvHead) * group;
      auto row = reader.read<float>(args.lse + first * sizeof(float), group);
      lse.insert(lse.end(), row.begin(), row.end());
    }
    return lse;
  }

  const KernelDescription &description;
  pa_decode_args args;
  std::vector<DecodeItem> items;
};

} // namespace

Expected<std::unique_ptr<Expectation>> expectDecode(Checking &checking, const KernelDescription &description,
                                                    const pa_decode_args &args) {
  Reader reader(checking.device);
  auto all = readLengths(reader, description, args);
  if (!all)
    return all.error();
  if (Status status = checkCounted(checking.device, description, args, all->qoIndptr, all->kvIndptr); !status)
    return status.error();
  if (Status status = checkTables(reader, checking.writers, *all); !status)
    return status.error();
  int longest = -1, empty = -1;
  auto context = [&](int sequence) { return contextOf(all->shape, all->inputs(), sequence); };
  for (int sequence = 0; sequence < args.num_seqs; ++sequence) {
    if (queryTokens(all->shape, all->inputs(), sequence) == 0)
      continue;
    if (longest < 0 || context(sequence) > context(longest))
      longest = sequence;
    if (empty < 0 && context(sequence) == 0)
      empty = sequence;
  }
  std::vector<DecodeItem> items;
  for (int sequence : checking.sample.some(args.num_seqs, {longest, empty}))
    if (queryTokens(all->shape, all->inputs(), sequence) > 0)
      items.push_back(readDecodeItem(reader, *all, sequence, checking.sample.below(all->shape.kvHeads)));
  if (!reader.status)
    return reader.status.error();
  return std::unique_ptr<Expectation>(new DecodeExpectation(description, args, std::move(items)));
}

} // namespace pa::checked
