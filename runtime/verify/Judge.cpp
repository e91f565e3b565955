#include "runtime/verify/Judge.h"
#include "runtime/verify/Text.h"

#include <cmath>

namespace pa::checked {
namespace {

reference::Layout layoutOf(CacheLayout layout) {
  switch (layout) {
  case CacheLayout::nhd:
    return reference::Layout::nhd;
  case CacheLayout::hnd:
    return reference::Layout::hnd;
  case CacheLayout::classic:
    return reference::Layout::classic;
  case CacheLayout::shuffled:
    return reference::Layout::shuffled;
  }
  return reference::Layout::nhd;
}

reference::Scales scalesOf(Scales scales) {
  switch (scales) {
  case Scales::none:
    return reference::Scales::none;
  case Scales::tensor:
    return reference::Scales::tensor;
  case Scales::head:
    return reference::Scales::head;
  case Scales::token:
    return reference::Scales::token;
  case Scales::page:
    return reference::Scales::page;
  }
  return reference::Scales::none;
}

// Bars of the project (docs: accuracy): P rounded once costs up to the square root of two. An FP8 output is so coarse
// that P's rounding is nothing beside it. Products in FP8 are compared with the best possible result of such products,
// which depends on the inputs as theirs does. In a few rows a few weights decide, which may all be rounded as far as
// they can be: twice as much.
constexpr double ratioBar = 1.5, ratioBarSplit = 1.05, ofSample = 2, rowBar = 2e-2, rowBarFp8 = 0x1p-4,
                 fp8Step = 0x1p-4;

bool isCoarse(const Variant &variant) { return isFp8(variant.outputType) || variant.products == Products::fp8; }

double ratioBarOf(const Judged &judged) {
  const Variant &variant = judged.variant;
  bool wide = variant.products == Products::wide;
  double bar = wide && (variant.p == PTerms::split || isFp8(variant.outputType)) ? ratioBarSplit : ratioBar;
  return judged.sample ? bar * ofSample : bar;
}

// The sum is of the rounded P, each wrong by at most half a unit in its last place, so the logarithm is by at most as
// much: 2^-9 in bf16, 2^-12 in f16, 2^-17 as two bf16 terms. Doubled, and float's own rounding of the scores added.
// A soft-cap's scores are differences of numbers as large as the cap, good to a few units in float's last place.
// Products in FP8: rounded queries change the scores, by as much as in the best possible result or, when the largest
// one is rounded the other way, twice that; and P has 3 bits, so that its sum is good to 2^-4.
double lseBar(const Judged &judged, const reference::LseErrors &lse) {
  const Variant &variant = judged.variant;
  double p = variant.p == PTerms::split ? 0x1p-16 : variant.queryType == ElementType::bf16 ? 0x1p-8 : 0x1p-11;
  double rounding = 1e-5 * std::fmax(1, std::isfinite(lse.expected) ? std::fabs(lse.expected) : 1);
  double cap = 0x1p-21 * judged.softCap;
  double fp8 = variant.products == Products::fp8 ? 2 * lse.largestOfBest + 0x1p-4 : 0;
  return p + rounding + cap + fp8;
}

// In a row no error may be larger than a part of its largest value; where the best possible result has larger ones,
// what goes beyond them. With products in FP8 each weight is good to 2^-4, and rounded another way with every maximum;
// in an FP8 output what differs by that may be rounded a step apart.
Check checkRows(const Variant &variant, const reference::Errors &errors) {
  bool coarse = isCoarse(variant);
  double bar = rowBar;
  if (variant.products == Products::fp8)
    bar = rowBarFp8 + (isFp8(variant.outputType) ? fp8Step : 0);
  double largest = coarse ? errors.largestExcessOfRow : errors.largestOfRow;
  const char *what = coarse ? "largest error beyond the best possible one" : "largest error";
  return {"largest_of_row", largest <= bar,
          format("%s %.3g of its row's largest value, at most %g allowed, at ", what, largest, bar) +
              placeText(coarse ? errors.whereOfExcess : errors.whereOfRow, false)};
}

} // namespace

reference::Type typeOf(ElementType type) {
  switch (type) {
  case ElementType::bf16:
    return reference::Type::bf16;
  case ElementType::f16:
    return reference::Type::f16;
  case ElementType::fp8E4m3fn:
    return reference::Type::fp8E4m3fn;
  case ElementType::fp8E4m3fnuz:
    return reference::Type::fp8E4m3fnuz;
  case ElementType::int8:
    return reference::Type::int8;
  }
  return reference::Type::bf16;
}

reference::Shape shapeOf(const VariantCache &cache) {
  reference::Shape shape;
  shape.cacheType = typeOf(cache.cacheType);
  shape.layout = layoutOf(cache.layout);
  shape.headSize = static_cast<int>(cache.headSize);
  shape.valueHeadSize = static_cast<int>(cache.valueHeadSize);
  shape.kvHeads = static_cast<int>(cache.kvHeads);
  shape.pageSize = static_cast<int>(cache.pageSize);
  shape.scales = scalesOf(cache.scales);
  return shape;
}

reference::Shape shapeOf(const Variant &variant) {
  reference::Shape shape = shapeOf(static_cast<const VariantCache &>(variant));
  shape.queryType = typeOf(variant.queryType);
  shape.outputType = typeOf(variant.outputType);
  shape.queryHeads = static_cast<int>(variant.queryHeads);
  shape.queryTokens = static_cast<int>(variant.queryTokens);
  shape.causal = variant.mask == Mask::causal;
  shape.window = static_cast<int>(variant.window);
  shape.fp8Products = variant.products == Products::fp8;
  return shape;
}

std::string placeText(const reference::Place &place, bool withD) {
  return format("sequence %d, query token %d, head %d", place.sequence, place.token, place.head) +
         (withD ? format(", d %d", place.d) : "");
}

std::vector<Check> judge(const Judged &judged, const reference::Errors &errors) {
  std::vector<Check> checks;
  // With products in FP8 a row's error is as much a matter of chance as the best possible one's.
  if (!judged.sample || judged.variant.products == Products::wide) {
    double bar = ratioBarOf(judged);
    checks.push_back({"relative_l2_ratio", errors.ratio <= bar,
                      format("relative L2 %.3e is %.4g of the best possible %.3e, at most %g allowed",
                             errors.relativeL2, errors.ratio, errors.bestRelativeL2, bar)});
  }
  checks.push_back(checkRows(judged.variant, errors));
  std::string inexact = "no row has an error where the best possible has none";
  if (errors.inexactRows)
    inexact = format("%lld rows have an error where the best possible has none, first at ",
                     static_cast<long long>(errors.inexactRows)) +
              placeText(errors.firstInexact, false);
  checks.push_back({"exact_rows", errors.inexactRows == 0, inexact});
  return checks;
}

Check judgeLse(const Judged &judged, const reference::LseErrors &lse) {
  double bar = lseBar(judged, lse);
  return {"lse", lse.largest <= bar,
          format("largest error %.3g, at most %.3g allowed, at ", lse.largest, bar) + placeText(lse.where, false) +
              format(": got %.9g, expected %.9g", lse.got, lse.expected)};
}

} // namespace pa::checked
