// Codes of 8 bits to floats and back: by the chip's conversions where they know the format, else by bit arithmetic.
#ifndef PA_PASSES_LOWERING_NARROWFLOATS_H
#define PA_PASSES_LOWERING_NARROWFLOATS_H

#include "passes/lowering/KernelContext.h"

namespace mlir::pa {

/// What the four codes of `word` say, exactly, as two words of two `to` (bf16 or f16) each.
SmallVector<Value> decodeWord(const Emitter &emit, TargetAttr target, Value word, Type from, Type to);

/// Four f32 as codes in a word, rounded to nearest even, saturated; NaN stays NaN.
Value encodeWord(const Emitter &emit, TargetAttr target, ArrayRef<Value> values, Type to);

/// The chip's own FP8. Of `encodeInRange` no value is beyond the format's largest number.
SmallVector<Value> decodeToFloats(const Emitter &emit, Value word);
Value encodeInRange(const Emitter &emit, ArrayRef<Value> values);

} // namespace mlir::pa

#endif
