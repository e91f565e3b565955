// Whether a result is close enough to the float64 reference: the bars of the project, for pa-run and for checked
// launches alike, as a list of checks that each say what was found and what is allowed.
#ifndef PA_RUNTIME_VERIFY_JUDGE_H
#define PA_RUNTIME_VERIFY_JUDGE_H

#include "compiler/variant/Variant.h"
#include "test/reference/Errors.h"

#include <string>
#include <vector>

namespace pa::checked {

// What the reference calls a variant.
reference::Type typeOf(ElementType type);
reference::Shape shapeOf(const VariantCache &cache); // the cache's part of it
reference::Shape shapeOf(const Variant &variant);

struct Check {
  std::string name; // "relative_l2_ratio", "constant_v", ...
  bool ok = false;
  std::string detail; // for people
};

struct Judged {
  const Variant &variant;
  double softCap = 0;
  // A few rows only: their rounding does not average out.
  bool sample = false;
};

std::vector<Check> judge(const Judged &judged, const reference::Errors &errors);
Check judgeLse(const Judged &judged, const reference::LseErrors &lse);

std::string placeText(const reference::Place &place, bool withD = true);

} // namespace pa::checked

#endif
