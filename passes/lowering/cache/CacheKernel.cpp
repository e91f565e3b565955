#include "passes/lowering/cache/CacheKernel.h"
#include "passes/lowering/Outline.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mlir::pa;

//===-- small builders ----------------------------------------------------===//

void CacheKernel::when(Value condition, function_ref<void()> body) const {
  auto branch = scf::IfOp::create(builder, loc, condition, /*withElseRegion=*/false);
  builder.setInsertionPointToStart(branch.thenBlock());
  body();
  builder.setInsertionPointAfter(branch);
}

Value CacheKernel::loadWhere(Value condition, Type type, function_ref<Value()> pointer) const {
  auto branch = scf::IfOp::create(builder, loc, TypeRange{type}, condition, /*withElseRegion=*/true);
  builder.setInsertionPointToStart(branch.thenBlock());
  scf::YieldOp::create(builder, loc, emit().load(type, pointer(), 16));
  builder.setInsertionPointToStart(branch.elseBlock());
  scf::YieldOp::create(builder, loc, arith::ConstantOp::create(builder, loc, builder.getZeroAttr(type)).getResult());
  builder.setInsertionPointAfter(branch);
  return branch.getResult(0);
}

Value CacheKernel::compare(arith::CmpIPredicate predicate, Value a, Value b) const {
  return arith::CmpIOp::create(builder, loc, predicate, a, b);
}

void CacheKernel::noteLowest(const ArgField &field, Value index) const {
  Value word = load(field);
  Value null = LLVM::ZeroOp::create(builder, loc, word.getType());
  when(LLVM::ICmpOp::create(builder, loc, LLVM::ICmpPredicate::ne, word, null), [&] {
    // -1, the caller's "none yet", is the highest unsigned number.
    LLVM::AtomicRMWOp::create(builder, loc, LLVM::AtomicBinOp::umin, word, index, LLVM::AtomicOrdering::monotonic,
                              "agent");
  });
}

RowPlace mlir::pa::rowPlace(const CacheKernel &kernel, const RowPieces &pieces, int64_t heads) {
  Emitter emit = kernel.emit();
  Value row =
      emit.add(emit.mul(kernel.context.workgroup, pieces.rows()), emit.udiv(kernel.context.thread, pieces.lanes));
  return {emit.udiv(row, heads), emit.urem(row, heads), emit.urem(kernel.context.thread, pieces.lanes)};
}

//===-- launches ----------------------------------------------------------===//

static DictionaryAttr launch(OpBuilder &builder, StringRef grid, std::pair<StringRef, int64_t> number) {
  return builder.getDictionaryAttr({
      builder.getNamedAttr("block", builder.getI64IntegerAttr(cacheKernelThreads)),
      builder.getNamedAttr("grid", builder.getStringAttr(grid)),
      builder.getNamedAttr(number.first, builder.getI64IntegerAttr(number.second)),
  });
}

DictionaryAttr mlir::pa::launchByRows(OpBuilder &builder, const RowPieces &pieces) {
  return launch(builder, "rows", {"rows_per_workgroup", pieces.rows()});
}

DictionaryAttr mlir::pa::launchByPairs(OpBuilder &builder, int64_t workgroups) {
  return launch(builder, "pairs", {"workgroups_per_pair", workgroups});
}

//===-- outlining ---------------------------------------------------------===//

static int64_t argBytes(Operation *op) {
  return TypeSwitch<Operation *, int64_t>(op)
      .Case([](AppendOp) { return appendargs::size; })
      .Case([](CopyPagesOp) { return copyargs::size; })
      .Case([](MergeStatesOp) { return mergeargs::size; });
}

static LogicalResult outline(func::FuncOp function, Operation *op, TargetAttr target) {
  OpBuilder builder(function);
  Location loc = op->getLoc();
  gpu::GPUModuleOp module = outlineModule(builder, function, target);
  LLVM::LLVMFuncOp outlined = outlineKernel(builder, module, function, cacheKernelThreads, argBytes(op));
  Block *entry = outlined.addEntryBlock(builder);
  builder.setInsertionPointToStart(entry);
  CacheKernel kernel{builder, {}, loc};
  kernel.context.target = target;
  kernel.context.argBlock = entry->getArgument(0);
  auto range = LLVM::ConstantRangeAttr::get(builder.getContext(), 32, 0, cacheKernelThreads);
  kernel.context.thread = ROCDL::ThreadIdXOp::create(builder, loc, builder.getI32Type(), range);
  kernel.context.workgroup = ROCDL::BlockIdXOp::create(builder, loc, builder.getI32Type());
  DictionaryAttr launch =
      TypeSwitch<Operation *, DictionaryAttr>(op)
          .Case<AppendOp, CopyPagesOp, MergeStatesOp>([&](auto known) { return writeKernel(known, kernel); })
          .Default([](Operation *) { return DictionaryAttr(); });
  LLVM::ReturnOp::create(builder, loc, ValueRange());
  module->setAttr("pa.launch", launch);
  function.erase();
  return success();
}

namespace {

struct ConvertPaCacheToROCDL : PassWrapper<ConvertPaCacheToROCDL, OperationPass<ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(ConvertPaCacheToROCDL)
  StringRef getArgument() const final { return "convert-pa-cache-to-rocdl"; }
  StringRef getDescription() const final {
    return "what writes, copies and merges, from the attention to the hardware level";
  }
  void getDependentDialects(DialectRegistry &registry) const override {
    registry.insert<arith::ArithDialect, gpu::GPUDialect, LLVM::LLVMDialect, ROCDL::ROCDLDialect, scf::SCFDialect,
                    vector::VectorDialect>();
  }

  void runOnOperation() override {
    auto target = getOperation()->getAttrOfType<TargetAttr>(TargetAttr::attrName);
    for (auto function : llvm::make_early_inc_range(getOperation().getOps<func::FuncOp>()))
      if (Operation *op = find(function);
          op && (failed(check(function, op, target)) || failed(outline(function, op, target))))
        return signalPassFailure();
  }

private:
  static Operation *find(func::FuncOp function) {
    Operation *found = nullptr;
    function.walk([&](Operation *op) {
      if (!found && isa<AppendOp, CopyPagesOp, MergeStatesOp>(op))
        found = op;
    });
    return found;
  }

  static LogicalResult check(func::FuncOp function, Operation *ours, TargetAttr target) {
    for (Operation &op : function.getBody().front())
      if (&op != ours && !op.hasTrait<OpTrait::IsTerminator>())
        return op.emitOpError() << "is in a function with " << ours->getName()
                                << ", which is a kernel of its own: nothing else may be there";
    if (!target)
      return function.emitError() << "the module has no #pa.target attribute '" << TargetAttr::attrName << "'";
    return success();
  }
};

} // namespace

std::unique_ptr<Pass> mlir::pa::createConvertPaCacheToROCDL() { return std::make_unique<ConvertPaCacheToROCDL>(); }
