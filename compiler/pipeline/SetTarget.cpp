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

  explicit SetTarget(std::string name) { chip = std::move(name); }
  SetTarget(const SetTarget &other) : PassWrapper(other) { chip = other.chip.getValue(); }

  StringRef getArgument() const final { return "pa-set-target"; }
  StringRef getDescription() const final { return "puts #pa.target of a chip on the module"; }
  void getDependentDialects(DialectRegistry &registry) const override { registry.insert<PaDialect>(); }
  void runOnOperation() override {
    if (failed(setTarget(getOperation(), chip)))
      signalPassFailure();
  }

  Option<std::string> chip{*this, "chip", llvm::cl::desc("the chip's name, e.g. gfx942")};
};

} // namespace

std::unique_ptr<Pass> mlir::pa::createSetTargetPass(std::string chip) {
  return std::make_unique<SetTarget>(std::move(chip));
}
