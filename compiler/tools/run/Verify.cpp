#include "compiler/tools/run/Verify.h"

#include <chrono>
#include <cmath>
#include <cstdio>

namespace pa::run {
namespace {

// Bars of the project (docs: accuracy): P rounded once costs up to the square root of two.
constexpr double ratioBar = 1.5, ratioBarSplit = 1.05, rowBar = 2e-2;

// The sum is of the rounded P, each wrong by at most half a unit in its last place, so the logarithm is by at most as
// much: 2^-9 in bf16, 2^-12 in f16, 2^-17 as two bf16 terms. Doubled, and float's own rounding of the scores added.
double lseBar(const Variant &variant, double expected) {
  double p = variant.p == PTerms::split ? 0x1p-16 : variant.queryType == ElementType::bf16 ? 0x1p-8 : 0x1p-11;
  return p + 1e-5 * std::fmax(1, std::isfinite(expected) ? std::fabs(expected) : 1);
}

template <class... Values> std::string format(const char *pattern, Values... values) {
  char text[256];
  std::snprintf(text, sizeof text, pattern, values...);
  return text;
}

Check checkLse(const Variant &variant, const reference::LseErrors &lse) {
  double bar = lseBar(variant, lse.expected);
  return {"lse", lse.largest <= bar,
          format("largest error %.3g, at most %.3g allowed, at ", lse.largest, bar) + placeText(lse.where, false) +
              format(": got %.9g, expected %.9g", lse.got, lse.expected)};
}

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
  for (size_t row = 0; row < problem.rows(); ++row) {
    reference::Place place;
    place.head = static_cast<int>(row % shape.queryHeads);
    place.token = static_cast<int>(row / shape.queryHeads % shape.queryTokens);
    place.sequence = static_cast<int>(row / shape.queryHeads / shape.queryTokens);
    int context = reference::clampedContext(shape, inputs, place.sequence);
    bool visible = reference::visibleKeys(shape, context, place.token) > 0;
    for (int d = 0; d < shape.headSize; ++d) {
      uint16_t constant =
          visible ? problem.constantValues[size_t(place.head / shape.group()) * shape.headSize + d] : uint16_t(0);
      uint16_t got = outcome.output[row * shape.headSize + d];
      place.d = d;
      if (got != constant)
        return {"constant_v", false,
                "at " + placeText(place) + format(": got 0x%04x, the constant is 0x%04x", got, constant)};
    }
  }
  return {"constant_v", true, "every row is the constant"};
}

} // namespace

std::string placeText(const reference::Place &place, bool withD) {
  return format("sequence %d, query token %d, head %d", place.sequence, place.token, place.head) +
         (withD ? format(", d %d", place.d) : "");
}

Verification verify(const Variant &variant, const Problem &problem, const Outcome &outcome) {
  Verification result;
  auto start = std::chrono::steady_clock::now();
  reference::Result expected = reference::pagedAttention(problem.shape, problem.inputs());
  result.referenceSeconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  const reference::Errors &errors = result.errors = reference::measure(problem.shape, expected, outcome.output.data());

  double bar = variant.p == PTerms::split ? ratioBarSplit : ratioBar;
  result.checks.push_back({"relative_l2_ratio", errors.ratio <= bar,
                           format("relative L2 %.3e is %.4g of the best possible %.3e, at most %g allowed",
                                  errors.relativeL2, errors.ratio, errors.bestRelativeL2, bar)});
  result.checks.push_back(
      {"largest_of_row", errors.largestOfRow <= rowBar,
       format("largest error %.3g of its row's largest value, at most %g allowed, at ", errors.largestOfRow, rowBar) +
           placeText(errors.whereOfRow, false)});
  std::string inexact = "no row has an error where the best possible has none";
  if (errors.inexactRows)
    inexact = format("%lld rows have an error where the best possible has none, first at ",
                     static_cast<long long>(errors.inexactRows)) +
              placeText(errors.firstInexact, false);
  result.checks.push_back({"exact_rows", errors.inexactRows == 0, inexact});
  result.hasLse = !outcome.lse.empty();
  if (result.hasLse) {
    result.lse = reference::measureLse(problem.shape, expected, outcome.lse.data());
    result.checks.push_back(checkLse(variant, result.lse));
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

  struct {
    const char *name;
    void (*change)(InputOptions &);
  } const variations[] = {
      {"page_order", [](InputOptions &o) { o.shuffledPages = !o.shuffledPages; }},
      {"unused_memory", [](InputOptions &o) { o.poison = !o.poison; }},
      {"strides", [](InputOptions &o) { o.paddedStrides = !o.paddedStrides; }},
      {"constant_v", [](InputOptions &o) { o.distribution = Distribution::constantV; }},
  };
  for (const auto &variation : variations) {
    InputOptions changed = options;
    variation.change(changed);
    auto other = makeProblem(variant, changed);
    if (!other)
      return other.error();
    auto outcomes = session.run(*other, 1, variation.name);
    if (!outcomes && !outcomes.error().fault)
      return outcomes.error();
    if (!outcomes) {
      checks.push_back({variation.name, false, outcomes.error().message});
      continue;
    }
    bool constant = changed.distribution == Distribution::constantV && !other->constantValues.empty();
    if (variation.name == std::string("constant_v"))
      checks.push_back(constant ? checkConstant(*other, (*outcomes)[0])
                                : Check{"constant_v", true, "no sequence has a key"});
    else
      checks.push_back(sameAs(variation.name, outcome, (*outcomes)[0]));
  }
  return checks;
}

} // namespace pa::run
