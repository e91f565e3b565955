// The pa dialect: see PaDialect.td for what belongs in it, docs/ for the generated reference.
#ifndef PA_DIALECTS_PA_PA_H
#define PA_DIALECTS_PA_PA_H

#include "dialects/pa/Layout.h"

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/Attributes.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "dialects/pa/PaDialect.h.inc"
#include "dialects/pa/PaEnums.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialects/pa/PaAttrs.h.inc"
#define GET_TYPEDEF_CLASSES
#include "dialects/pa/PaTypes.h.inc"
#define GET_OP_CLASSES
#include "dialects/pa/PaOps.h.inc"

namespace mlir::pa {
/// The layout of `D[m, n] = sum over k of A[m, k] B[n, k]` as a 16x16 instruction leaves it; null if `a` is no operand.
LayoutAttr productLayout(LayoutAttr a, LayoutAttr b);

/// The layout of `rows` rows of every `period` of a tile (pa.slice); null if they are not whole registers.
LayoutAttr sliceLayout(LayoutAttr whole, int64_t period, int64_t rows);

/// The row of the whole tile that is row `row` of such a slice, from the slice's first one on.
inline int64_t rowOfSlice(int64_t row, int64_t period, int64_t rows) { return row / rows * period + row % rows; }

/// A score region's arguments, terminator and ops; an empty region is fine.
LogicalResult verifyScoreRegion(Operation *op, Region &region);
} // namespace mlir::pa

#endif
