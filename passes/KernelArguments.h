// Which of the caller's values each argument of a function is: noted while the attention level still says it.
#ifndef PA_PASSES_KERNELARGUMENTS_H
#define PA_PASSES_KERNELARGUMENTS_H

#include "passes/Passes.h"

namespace mlir::pa {

/// The attribute of an argument that names it: "query", "key_scales", "score_numbers.0", ...
inline constexpr llvm::StringLiteral argumentAttr = "pa.arg";
/// Numbers, and tensors, that a score region of the user's may take.
inline constexpr int64_t mostScoreArguments = 4;

/// Names the arguments of the function that `op` is in, by the operands of `op` that they are. What a score region
/// takes besides gets the names score_numbers.N and score_tensors.N, in the order of the arguments.
void nameArguments(DecodeOp op);

} // namespace mlir::pa

#endif
