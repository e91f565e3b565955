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

/// The loop's body once, as iteration `iteration` from the carried values; returns what it yields.
SmallVector<Value> onceMore(OpBuilder &builder, scf::ForOp loop, Value iteration, ValueRange carried);

/// Whether there are no more tiles that the rows' `bounds`, or what lies a fixed number of tokens before them, may
/// touch than waves, which take turns: at an item's ends each wave has one of those then.
bool eachWaveHasOne(scf::ForOp loop, Value bounds, int64_t tileTokens);

/// Clones what computes `value` from the loop's induction variable, for another iteration.
Value cloneForIteration(OpBuilder &builder, scf::ForOp loop, Value value, Value iteration);

} // namespace mlir::pa

#endif
