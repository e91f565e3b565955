#include "dialects/pa/Pa.h"

#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mlir::pa;

#include "dialects/pa/PaDialect.cpp.inc"

void PaDialect::initialize() {
  registerAttributes();
  registerTypes();
  addOperations<
#define GET_OP_LIST
#include "dialects/pa/PaOps.cpp.inc"
      >();
}
