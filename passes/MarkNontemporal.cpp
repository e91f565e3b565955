// pa-mark-nontemporal: see Passes.td.
#include "passes/Passes.h"

#include "llvm/ADT/DenseMap.h"

namespace mlir::pa {
#define GEN_PASS_DEF_PAMARKNONTEMPORAL
#include "passes/Passes.h.inc"

namespace {

struct MarkNontemporal : impl::PaMarkNontemporalBase<MarkNontemporal> {
  void runOnOperation() override {
    // A cache that several item loops walk is read several times.
    DenseMap<Value, SmallPtrSet<Operation *, 2>> readers;
    getOperation().walk([&](LoadKvOp op) { readers[op.getCache()].insert(op->getParentOfType<ItemsOp>()); });
    getOperation().walk([&](LoadKvOp op) {
      if (op->getParentOfType<ItemsOp>() && readers[op.getCache()].size() == 1)
        op.setNontemporal(true);
    });
  }
};

} // namespace
} // namespace mlir::pa
