// A cache's elements from floats and back: 16 bytes of them at a time, in the lane.
#ifndef PA_PASSES_LOWERING_CACHE_QUANTIZE_H
#define PA_PASSES_LOWERING_CACHE_QUANTIZE_H

#include "passes/lowering/KernelContext.h"

namespace mlir::pa {

/// The largest finite number of an 8-bit type.
double largestQuantized(Type element);

/// Rounded to nearest even; 8 bits saturate. NaN stays NaN, and is 0 in int8.
Value encodePiece(const Emitter &emit, TargetAttr target, ArrayRef<Value> floats, Type element);

/// A vector of bf16 or f16 as its floats.
SmallVector<Value> widen(const Emitter &emit, Value vector);

} // namespace mlir::pa

#endif
