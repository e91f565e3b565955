// pa-set-target: how chip facts reach the passes.
#include "compiler/pipeline/Passes.h"
#include "compiler/pipeline/Pipeline.h"
#include "dialects/pa/Pa.h"

#include "mlir/IR/BuiltinOps.h"

using namespace mlir;
using namespace mlir::pa;

namespace {

struct SetTarget : PassWrapper<SetTarget, OperationPass<ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(SetTarget)

  SetTarget(std::string name, int64_t leave) {
    chip = std::move(name);
    room = leave;
  }
  SetTarget(const SetTarget &other) : SetTarget(other.chip.getValue(), other.room) {}

  StringRef getArgument() const final { return "pa-set-target"; }
  StringRef getDescription() const final { return "puts #pa.target of a chip on the module"; }
  void getDependentDialects(DialectRegistry &registry) const override { registry.insert<PaDialect>(); }
  void runOnOperation() override {
    if (failed(setTarget(getOperation(), chip, room)))
      signalPassFailure();
  }

  Option<std::string> chip{*this, "chip", llvm::cl::desc("the chip's name, e.g. gfx942")};
  Option<int64_t> room{*this, "room", llvm::cl::desc("that plans leave for registers, 0 to 3"), llvm::cl::init(0)};
};

} // namespace

std::unique_ptr<Pass> mlir::pa::createSetTargetPass(std::string chip, int64_t room) {
  return std::make_unique<SetTarget>(std::move(chip), room);
}
