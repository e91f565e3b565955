// Variants by the thousand, of which the query of support and the compiler have to say the same.
#ifndef PA_TEST_VARIANT_SWEEP_H
#define PA_TEST_VARIANT_SWEEP_H

#include "compiler/variant/Nearest.h"
#include "mlir/IR/MLIRContext.h"
#include "llvm/Support/JSON.h"

#include <gtest/gtest.h>

namespace pa::varianttest {

struct Axis {
  const char *field;
  std::vector<llvm::json::Value> values;
};

std::string textOf(llvm::json::Object object);

class Sweep {
public:
  Sweep();
  // Every pair of fields over every pair of their values; what contradicts itself is left out.
  void checkPairs(const llvm::json::Object &base, const std::vector<Axis> &axes);
  // How many of both there were, and that there were many.
  void expectMany() const;

private:
  void check(const std::string &json);
  std::string refusal(const AnyVariant &variant, const Chip &chip);
  void checkNearest(const AnyVariant &variant, const Chip &chip);

  mlir::MLIRContext context;
  size_t supported = 0, refused = 0;
};

} // namespace pa::varianttest

#endif
