// pa-split-kv: see Passes.td.
#include "passes/Passes.h"

#include "llvm/ADT/SmallVector.h"

namespace mlir::pa {
#define GEN_PASS_DEF_PASPLITKV
#include "passes/Passes.h.inc"

namespace {

/// Moves what finishes `partial` (and stands after it in the item's body) into a merge over the launch.
void mergeLaunch(PartialType type, Value partial, Value item) {
  Operation *producer = partial.getDefiningOp();
  OpBuilder builder(producer->getContext());
  builder.setInsertionPointAfter(producer);
  Location loc = producer->getLoc();
  SmallVector<Operation *> users(partial.getUsers());
  auto merge = MergeOp::create(builder, loc, MergeScope::Launch, item, ValueRange{partial});
  Block *body = builder.createBlock(&merge.getBody(), {}, {type}, {loc});
  for (Operation *user : users) {
    user->moveBefore(body, body->end());
    user->replaceUsesOfWith(partial, body->getArgument(0));
  }
}

struct SplitKv : impl::PaSplitKvBase<SplitKv> {
  using PaSplitKvBase::PaSplitKvBase;

  void runOnOperation() override {
    if (minShare < 1) {
      getOperation().emitError() << "min-share is at least 1 token, got " << minShare.getValue();
      return signalPassFailure();
    }
    constexpr int64_t most = 1 << 20; // so that the most parts of that many tokens can be counted in 32 bits
    if (partTokens < 0 || partTokens > most) {
      getOperation().emitError() << "part-tokens is 0 to " << most << ", got " << partTokens.getValue();
      return signalPassFailure();
    }
    getOperation().walk([&](ItemsOp items) {
      if (items.getSchedule() != Schedule::Item)
        return;
      items.setSchedule(partTokens ? Schedule::Fixed : Schedule::Balanced);
      if (partTokens)
        items.setPartTokens(partTokens);
      else
        items.setMinShareTokens(minShare);
      SmallVector<AttendOp> attends(items.getBody().getOps<AttendOp>());
      for (AttendOp attend : attends)
        mergeLaunch(attend.getResult().getType(), attend.getResult(), attend.getItem());
    });
  }
};

} // namespace
} // namespace mlir::pa
