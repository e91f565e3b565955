// The loop over a wave's tiles: an scf.for with a mark, built here and recognised by the passes that reshape it.
#ifndef PA_PASSES_TILELOOP_H
#define PA_PASSES_TILELOOP_H

#include "passes/Passes.h"

#include "mlir/IR/IRMapping.h"

namespace mlir::pa {

/// The mark on the loop.
inline constexpr llvm::StringLiteral tileLoopAttr = "pa.tile_loop";

/// `for i in 0 .. count { tile = first + i * step; ... }`; `body` gets the tile and the carried values.
scf::ForOp createTileLoop(OpBuilder &builder, Location loc, WaveTilesOp tiles, int64_t step, ValueRange init,
                          function_ref<SmallVector<Value>(Value, ValueRange)> body);

/// All marked loops under `root`.
SmallVector<scf::ForOp> tileLoops(Operation *root);

/// An if that runs `body` when the loop's count is positive, else yields the loop's initial values.
scf::IfOp guardTileLoop(OpBuilder &builder, scf::ForOp loop, function_ref<SmallVector<Value>(OpBuilder &)> body);

/// Clones what computes `value` from the loop's induction variable, for another iteration.
Value cloneForIteration(OpBuilder &builder, scf::ForOp loop, Value value, Value iteration);

} // namespace mlir::pa

#endif
