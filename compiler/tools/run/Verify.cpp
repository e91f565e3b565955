#include "compiler/tools/run/Verify.h"
#include "runtime/verify/Text.h"

#include <algorithm>
#include <chrono>
#include <cstring>

namespace pa::run {
namespace {

using checked::format;

Check sameAs(const char *name, const Outcome &one, const Outcome &other) {
  if (sameBits(one, other))
    return {name, true, "the same bits"};
  size_t differing = 0;
  for (size_t i = 0; i < one.output.size(); ++i)
    differing += one.output[i] != other.output[i];
  return {name, false,
          std::to_string(differing) + " of " + std::to_string(one.output.size()) + " output elements differ" +
              (differing == 0 ? ", the LSE does" : "")};
}

Check checkConstant(const Problem &problem, const Outcome &outcome) {
  const reference::Shape &shape = problem.shape;
  reference::Inputs inputs = problem.inputs();
  size_t size = shape.valueHeadSize, row = 0;
  reference::Place place;
  for (place.sequence = 0; place.sequence < problem.sequences(); ++place.sequence) {
    int tokens = queryTokens(shape, inputs, place.sequence), context = contextOf(shape, inputs, place.sequence);
    for (place.token = 0; place.token < tokens; ++place.token) {
      bool visible = visibleKeys(shape, context, tokens, place.token).count() > 0;
      for (place.head = 0; place.head < shape.queryHeads; ++place.head, ++row)
        for (place.d = 0; place.d < shape.valueHeadSize; ++place.d) {
          uint16_t constant =
              visible ? problem.constantOutputs[place.head / shape.group() * size + place.d] : uint16_t(0);
          uint16_t got = outcome.output[row * size + place.d];
          if (got != constant)
            return {"constant_v", false,
                    "at " + placeText(place) + format(": got 0x%04x, the constant is 0x%04x", got, constant)};
        }
    }
  }
  return {"constant_v", true, "every row is the constant"};
}

// A query token that sees what another one sees alone: with contexts shorter by a token, each row but the last of a
// sequence is the next row of that call.
Check checkMaskedRows(const Problem &problem, const Outcome &outcome, const Outcome &shorter) {
  const reference::Shape &shape = problem.shape;
  reference::Inputs inputs = problem.inputs();
  size_t token = size_t(shape.queryHeads) * shape.valueHeadSize;
  int64_t compared = 0;
  reference::Place place;
  for (place.sequence = 0; place.sequence < problem.sequences(); ++place.sequence) {
    int tokens = queryTokens(shape, inputs, place.sequence);
    if (contextOf(shape, inputs, place.sequence) == 0)
      continue;
    for (place.token = 0; place.token + 1 < tokens; ++place.token, ++compared) {
      size_t at = (firstToken(shape, inputs, place.sequence) + place.token) * token;
      auto begin = outcome.output.begin() + at, other = shorter.output.begin() + at + token;
      auto differing = std::mismatch(begin, begin + token, other);
      if (differing.first == begin + token)
        continue;
      size_t offset = differing.first - begin;
      place.head = static_cast<int>(offset / shape.valueHeadSize);
      place.d = static_cast<int>(offset % shape.valueHeadSize);
      return {
          "masked_rows", false,
          "at " + placeText(place) +
              format(": got 0x%04x, and 0x%04x with a context that ends there", *differing.first, *differing.second)};
    }
  }
  return {"masked_rows", true,
          std::to_string(compared) + " query tokens give the same bits as with a context that ends there"};
}

// The sequences that two batches begin with: the results of the smaller one are those of the larger one.
Check checkCommonSequences(const char *name, const Problem &problem, const Problem &other, const Outcome &outcome,
                           const Outcome &otherOutcome) {
  bool fewer = other.sequences() < problem.sequences();
  auto prefix = [](const auto &longer, const auto &shorter) { // of bits: a NaN is itself
    return shorter.empty() || std::memcmp(shorter.data(), longer.data(), shorter.size() * sizeof shorter[0]) == 0;
  };
  const Outcome &large = fewer ? outcome : otherOutcome, &small = fewer ? otherOutcome : outcome;
  std::string counts = std::to_string(std::min(problem.sequences(), other.sequences())) + " of " +
                       std::to_string(std::max(problem.sequences(), other.sequences())) + " sequences";
  bool same = prefix(large.output, small.output) && prefix(large.lse, small.lse);
  return {name, same, counts + (same ? " give the same bits without the others" : " depend on the others")};
}

// A changed call, and how its result relates to that of the problem itself.
struct Variation {
  const char *name;
  void (*change)(InputOptions &options, const Problem &problem);
  Check (*compare)(const char *name, const Problem &problem, const Problem &other, const Outcome &outcome,
                   const Outcome &otherOutcome);
  bool (*applies)(const Variant &variant, const InputOptions &options);
};

Check compareBits(const char *name, const Problem &, const Problem &, const Outcome &outcome, const Outcome &other) {
  return sameAs(name, outcome, other);
}
bool always(const Variant &, const InputOptions &) { return true; }

// A balanced split divides shorter contexts elsewhere, and adds in another order. Where an every-code cache has its NaN
// depends on the context.
bool hasMaskedRows(const Variant &variant, const InputOptions &options) {
  return variant.mask == Mask::causal && variant.queryTokens > 1 && variant.split != SplitKv::balanced &&
         options.distribution != Distribution::everyCode;
}

// Of a balanced split an item's parts are as long as the batch makes them.
bool ignoresBatch(const Variant &variant, const InputOptions &) { return variant.split != SplitKv::balanced; }

void changeBatch(InputOptions &options, const Problem &problem) {
  options.batch = problem.sequences() > 1 ? (problem.sequences() + 1) / 2 : 2;
  if (isFp8(problem.shape.outputType)) // chosen by all inputs
    options.outputScale = problem.outputScale;
}

void shorten(InputOptions &options, const Problem &problem) {
  options.contexts.clear();
  options.batch = 0;
  for (int sequence = 0; sequence < problem.sequences(); ++sequence)
    options.contexts.push_back(std::max(contextOf(problem.shape, problem.inputs(), sequence) - 1, 0));
}

constexpr Variation variations[] = {
    {"page_order",
     [](InputOptions &o, const Problem &) {
       o.pages = o.pages == PageOrder::shuffled ? PageOrder::ordered : PageOrder::shuffled;
     },
     compareBits, always},
    {"unused_memory", [](InputOptions &o, const Problem &) { o.poison = !o.poison; }, compareBits, always},
    {"strides",
     [](InputOptions &o, const Problem &) {
       o.packing = o.packing == Packing::dense ? Packing::padded : Packing::dense;
     },
     compareBits, always},
    {"packed",
     [](InputOptions &o, const Problem &) {
       o.packing = o.packing == Packing::packed ? Packing::dense : Packing::packed;
     },
     compareBits, always},
    {"constant_v", [](InputOptions &o, const Problem &) { o.distribution = Distribution::constantV; },
     [](const char *, const Problem &, const Problem &other, const Outcome &, const Outcome &outcome) {
       return checkConstant(other, outcome);
     },
     always},
    {"masked_rows", shorten,
     [](const char *, const Problem &problem, const Problem &, const Outcome &outcome, const Outcome &shorter) {
       return checkMaskedRows(problem, outcome, shorter);
     },
     hasMaskedRows},
    {"batch", changeBatch, checkCommonSequences, ignoresBatch},
};

} // namespace

Verification verify(const Variant &variant, const Problem &problem, const Outcome &outcome) {
  Verification result;
  auto start = std::chrono::steady_clock::now();
  reference::Result expected = reference::pagedAttention(problem.shape, problem.inputs());
  result.referenceSeconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  const reference::Errors &errors = result.errors = reference::measure(problem.shape, expected, outcome.output.data());

  checked::Judged judged{variant, problem.softCap, false};
  result.checks = checked::judge(judged, errors);
  result.hasLse = !outcome.lse.empty();
  if (result.hasLse) {
    result.lse = reference::measureLse(problem.shape, expected, outcome.lse.data());
    result.checks.push_back(checked::judgeLse(judged, result.lse));
  }
  return result;
}

Check checkRepeats(const std::vector<Outcome> &outcomes) {
  for (const Outcome &outcome : outcomes)
    if (Check check = sameAs("repeated_launch", outcomes[0], outcome); !check.ok)
      return check;
  return {"repeated_launch", true, std::to_string(outcomes.size()) + " launches, the same bits"};
}

Expected<std::vector<Check>> checkExactness(Session &session, const Variant &variant, const InputOptions &options,
                                            const Problem &problem, std::vector<Outcome> launches) {
  std::vector<Check> checks;
  if (launches.size() < 2) {
    auto more = session.run(problem, 2, "repeated launch");
    if (!more)
      return more.error();
    launches.insert(launches.end(), more->begin(), more->end());
  }
  checks.push_back(checkRepeats(launches));
  const Outcome &outcome = launches.front();

  for (const Variation &variation : variations) {
    if (!variation.applies(variant, options))
      continue;
    InputOptions changed = options;
    variation.change(changed, problem);
    auto other = makeProblem(variant, changed);
    if (!other)
      return other.error();
    auto outcomes = session.run(*other, 1, variation.name);
    if (!outcomes && !outcomes.error().fault)
      return outcomes.error();
    if (outcomes)
      checks.push_back(variation.compare(variation.name, problem, *other, outcome, (*outcomes)[0]));
    else
      checks.push_back({variation.name, false, outcomes.error().message});
  }
  return checks;
}

} // namespace pa::run
