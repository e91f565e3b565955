// convert-pa-to-rocdl: see Passes.td. Outlines kernels and drives the lowerings of this folder.
#include "passes/ItemQueries.h"
#include "passes/Plans.h"
#include "passes/TileLoop.h"
#include "passes/lowering/ArgumentFields.h"
#include "passes/lowering/Outline.h"
#include "passes/lowering/Patterns.h"

#include "mlir/Dialect/SCF/Transforms/Patterns.h"
#include "mlir/IR/BuiltinOps.h"

namespace mlir::pa {
#define GEN_PASS_DEF_CONVERTPATOROCDL
#include "passes/Passes.h.inc"

namespace {

//===-- types -------------------------------------------------------------===//

/// A tile is its registers, an item its numbers, an argument its fields.
class PaTypeConverter : public TypeConverter {
public:
  explicit PaTypeConverter(MLIRContext *context) {
    auto pointer = LLVM::LLVMPointerType::get(context, 1), constant = LLVM::LLVMPointerType::get(context, 4);
    Type i32 = IntegerType::get(context, 32), i64 = IntegerType::get(context, 64);
    addConversion([](Type type) { return type; });
    addConversion([](TileType type, SmallVectorImpl<Type> &types) {
      types.append(type.getLayout().numRegisters(), registerType(type));
      return success();
    });
    addConversion([=](ItemType, SmallVectorImpl<Type> &types) {
      types.append(ItemValues::count, i32);
      return success();
    });
    addConversion([=](SharedType) { return i32; }); // its place in LDS, in bytes
    addConversion([=](PageIdsType type, SmallVectorImpl<Type> &types) {
      if (type.getLayout()) // of each of this lane's tokens: the page id, and which of the page's it is
        types.append(2 * type.getLayout().numRegisters(), i32);
      else
        types.append(type.startsInside() ? 2 * type.getCount() : type.getCount(), i32);
      return success();
    });
    addConversion([=](KvCacheType, SmallVectorImpl<Type> &types) {
      types.append({pointer, i64, i64, i64, pointer, i64, i64, i64});
      return success();
    });
    addConversion([=](MemRefType type, SmallVectorImpl<Type> &types) {
      if (type.getElementType().isInteger(32)) {
        types.append({constant, i32});
      } else if (type.getRank() == 3 && !type.getElementType().isF32()) { // tokens
        types.append({pointer, i64});
      } else {
        types.push_back(pointer);
        types.append(dynamicStrides(type), i64);
      }
      return success();
    });
    auto cast = [](OpBuilder &builder, Type type, ValueRange inputs, Location loc) -> Value {
      return UnrealizedConversionCastOp::create(builder, loc, type, inputs).getResult(0);
    };
    addSourceMaterialization(cast);
    addTargetMaterialization([](OpBuilder &builder, TypeRange types, ValueRange inputs, Location loc) {
      return SmallVector<Value>(UnrealizedConversionCastOp::create(builder, loc, types, inputs).getResults());
    });
  }
};

//===-- the kernel --------------------------------------------------------===//

/// LDS that the function's ops need.
LdsPlan planLds(Operation *function, TargetAttr target) {
  LdsPlan plan;
  function->walk([&](Operation *op) {
    if (auto write = dyn_cast<StageWriteOp>(op)) {
      TileType tile = write.getSource().getType();
      plan.stageBytes = tile.bytes() / (tile.getRows() / 16);
      plan.stages = std::max<int64_t>(plan.stages, write.getStage() + 1);
    } else if (auto convert = dyn_cast<ConvertLayoutOp>(op)) {
      int64_t bytes = exchangeBytes(convert.getSource().getType(), convert.getResult().getType(), target);
      plan.exchangeBytes = std::max(plan.exchangeBytes, bytes);
    } else if (auto relay = dyn_cast<RelayOp>(op)) {
      plan.relayBytes = std::max(plan.relayBytes, fragmentBytes(relay.getSource().getType()));
    } else if (auto share = dyn_cast<ShareOp>(op)) {
      for (Value tile : share.getTiles())
        plan.sharedBytes += fragmentBytes(cast<TileType>(tile.getType()));
    } else if (auto merge = dyn_cast<MergeOp>(op)) {
      // Half of the waves leave one block of rows each.
      plan.mergeBytes = std::max(plan.mergeBytes, 2 * slotBytes(TypeRange(merge.getParts().take_front(3))));
    }
  });
  return plan;
}

class KernelOutliner {
public:
  KernelOutliner(func::FuncOp function, ItemsOp items, TargetAttr target)
      : function(function), items(items), target(target), builder(function), loc(function.getLoc()) {
    ldsSymbol = (function.getName() + "_lds").str();
  }

  /// The gpu.module with the kernel; `kernel` describes it for the lowerings.
  FailureOr<gpu::GPUModuleOp> run(KernelContext &kernel);

private:
  LLVM::LLVMFuncOp createFunction(gpu::GPUModuleOp module);
  LogicalResult bindArguments(KernelContext &kernel);
  void addLds(gpu::GPUModuleOp module, const LdsPlan &plan);
  DictionaryAttr launchDescription();

  func::FuncOp function;
  ItemsOp items;
  TargetAttr target;
  OpBuilder builder;
  Location loc;
  std::string ldsSymbol;
};

LLVM::LLVMFuncOp KernelOutliner::createFunction(gpu::GPUModuleOp module) {
  auto kernel = outlineKernel(builder, module, function, 64 * target.getWavesPerWorkgroup(), args::size);
  // As many workgroups a CU as the plan counts on; a wave of each runs on every SIMD.
  if (PlanAttr plan = planOf(items, target))
    kernel->setAttr("rocdl.waves_per_eu",
                    builder.getI32IntegerAttr(static_cast<int32_t>(workgroupsPerCu(items, plan))));
  return kernel;
}

void KernelOutliner::addLds(gpu::GPUModuleOp module, const LdsPlan &plan) {
  builder.setInsertionPointToStart(module.getBody());
  auto type = LLVM::LLVMArrayType::get(builder.getI8Type(), plan.total(target.getWavesPerWorkgroup()));
  LLVM::GlobalOp::create(builder, loc, type, /*isConstant=*/false, LLVM::Linkage::Internal, ldsSymbol, Attribute(),
                         /*alignment=*/16, /*addrSpace=*/3);
}

/// An argument's value, loaded from its fields of the argument block.
Value bindArgument(const Emitter &emit, const KernelContext &kernel, Type type, ArrayRef<const ArgField *> fields) {
  SmallVector<Value> values;
  for (const ArgField *field : fields)
    values.push_back(loadArg(emit, kernel, *field));
  if (values.size() == 1 && values[0].getType() == type)
    return values[0];
  return UnrealizedConversionCastOp::create(emit.builder, emit.loc, type, values).getResult(0);
}

LogicalResult KernelOutliner::bindArguments(KernelContext &kernel) {
  for (BlockArgument argument : function.getArguments()) {
    auto fields = argumentFields(function, argument);
    if (failed(fields))
      return function.emitError() << "argument " << argument.getArgNumber() << " of type " << argument.getType()
                                  << " has no place in the argument block";
    bool onlyOnce = !argument.use_empty();
    // What an item needs once is loaded there: no register holds it through the loop over tiles.
    for (OpOperand &use : llvm::make_early_inc_range(argument.getUses())) {
      if (!isa<LoadQueryOp, StoreOutputOp>(use.getOwner())) {
        onlyOnce = false;
        continue;
      }
      OpBuilder there(use.getOwner());
      Emitter emit{there, loc};
      KernelContext once = kernel;
      once.argBlock = emit.opaque(kernel.argBlock, /*uniform=*/true);
      use.set(bindArgument(emit, once, argument.getType(), *fields));
    }
    if (!onlyOnce)
      argument.replaceAllUsesWith(bindArgument(Emitter{builder, loc}, kernel, argument.getType(), *fields));
  }
  return success();
}

DictionaryAttr KernelOutliner::launchDescription() {
  bool persistent = items.getSchedule() != Schedule::Item, fixed = items.getSchedule() == Schedule::Fixed;
  int64_t slot = 0, partTokens = fixed ? static_cast<int64_t>(items.getPartTokens()) : 0;
  items.walk([&](MergeOp merge) {
    if (merge.getScope() == MergeScope::Launch)
      slot = slotBytes(TypeRange(merge.getParts())) * (fixed ? ItemsOp::mostParts / 2 : 1); // half of a workgroup's
  });
  PlanAttr plan = planOf(items, target);
  return builder.getDictionaryAttr({
      builder.getNamedAttr("split", builder.getStringAttr(fixed        ? "fixed"
                                                          : persistent ? "balanced"
                                                                       : "none")),
      builder.getNamedAttr("split_tokens", builder.getI64IntegerAttr(partTokens)),
      builder.getNamedAttr("block", builder.getI64IntegerAttr(64 * target.getWavesPerWorkgroup())),
      builder.getNamedAttr("grid", builder.getStringAttr(persistent ? "persistent" : "items")),
      builder.getNamedAttr("workgroups_per_cu", builder.getI64IntegerAttr(plan ? workgroupsPerCu(items, plan) : 1)),
      builder.getNamedAttr("slot_bytes", builder.getI64IntegerAttr(slot)),
      builder.getNamedAttr("tile_tokens", builder.getI64IntegerAttr(items.getTile())),
      builder.getNamedAttr("items_per_sequence", builder.getI64IntegerAttr(static_cast<int64_t>(items.getHeads()) *
                                                                           items.getRows().shares())),
  });
}

FailureOr<gpu::GPUModuleOp> KernelOutliner::run(KernelContext &kernel) {
  kernel.target = target;
  kernel.lds = planLds(function, target);
  kernel.windowed = items.getWindow() != 0;
  kernel.scarce = isTight(items);
  kernel.fixedParts = items.getSchedule() == Schedule::Fixed;
  kernel.ldsName = builder.getStringAttr(ldsSymbol).getValue();
  if (int64_t bytes = kernel.lds.total(kernel.waves()); bytes > target.getLdsBytes())
    return function.emitError() << "the kernel needs " << bytes << " bytes of LDS, " << target.getChip() << " has "
                                << target.getLdsBytes();

  gpu::GPUModuleOp module = outlineModule(builder, function, target);
  module->setAttr("pa.launch", launchDescription());
  addLds(module, kernel.lds);
  LLVM::LLVMFuncOp outlined = createFunction(module);

  Block *entry = outlined.addEntryBlock(builder);
  builder.setInsertionPointToStart(entry);
  Emitter emit{builder, loc};
  Type i32 = builder.getI32Type();
  kernel.argBlock = entry->getArgument(0);
  int64_t threads = 64 * kernel.waves();
  auto range = LLVM::ConstantRangeAttr::get(builder.getContext(), 32, 0, threads);
  kernel.thread = ROCDL::ThreadIdXOp::create(builder, loc, i32, range);
  kernel.lane = arith::AndIOp::create(builder, loc, kernel.thread, emit.i32(63));
  kernel.wave = emit.uniform(emit.udiv(kernel.thread, 64));
  kernel.workgroup = ROCDL::BlockIdXOp::create(builder, loc, i32);
  if (failed(bindArguments(kernel)))
    return failure();
  Block &body = function.getBody().front();
  body.getTerminator()->erase();
  entry->getOperations().splice(entry->end(), body.getOperations());
  builder.setInsertionPointToEnd(entry);
  LLVM::ReturnOp::create(builder, loc, ValueRange());
  function.erase();
  return module;
}

//===-- the pass ----------------------------------------------------------===//

/// A cast from registers to a tile and back is nothing.
void foldCasts(Operation *root) {
  root->walk([](UnrealizedConversionCastOp back) {
    auto there = back.getInputs().size() == 1 ? back.getInputs()[0].getDefiningOp<UnrealizedConversionCastOp>()
                                              : UnrealizedConversionCastOp();
    if (there && there.getInputs().getTypes() == back.getResultTypes())
      back.replaceAllUsesWith(there.getInputs());
  });
  bool changed = true;
  while (changed) {
    changed = false;
    root->walk([&](UnrealizedConversionCastOp cast) {
      if (cast.use_empty()) {
        cast.erase();
        changed = true;
      }
    });
  }
}

void replaceUsesFrom(Block::iterator begin, Block::iterator end, Value value, Value replacement) {
  for (Operation &op : llvm::make_range(begin, end))
    op.walk([&](Operation *inner) { inner->replaceUsesOfWith(value, replacement); });
}

/// Counts the lanes anew for what stands from `begin` to the block's end; returns the count.
Value recount(Block *block, Block::iterator begin, Value lane) {
  OpBuilder builder(block, begin);
  Value again = Emitter{builder, lane.getLoc()}.countLane();
  replaceUsesFrom(begin, block->end(), lane, again);
  return again;
}

/// A wave's work on an item counts its lanes anew, and its masked tile does so again, be it behind the loop or alone
/// in the other branch: what is computed from them would else be hoisted to the kernel's start and held in registers
/// through the loop.
void recountLanes(Operation *root, Value lane) {
  for (scf::ForOp loop : tileLoops(root)) {
    auto choice = dyn_cast<scf::IfOp>(loop->getParentOp());
    if (!choice)
      continue;
    auto outermost = choice;
    while (auto outer = dyn_cast<scf::IfOp>(outermost->getParentOp()))
      outermost = outer;
    Value itemLane = recount(outermost.thenBlock(), outermost.thenBlock()->begin(), lane);
    recount(loop->getBlock(), std::next(loop->getIterator()), itemLane);
    if (Block *otherwise = choice.elseBlock())
      recount(otherwise, otherwise->begin(), itemLane);
  }
}

struct ConvertPa : impl::ConvertPaToROCDLBase<ConvertPa> {
  LogicalResult convert(func::FuncOp function, ItemsOp items, TargetAttr target);

  void runOnOperation() override {
    auto target = getOperation()->getAttrOfType<TargetAttr>(TargetAttr::attrName);
    SmallVector<std::pair<func::FuncOp, ItemsOp>> kernels;
    for (auto function : getOperation().getOps<func::FuncOp>()) {
      SmallVector<ItemsOp> items;
      function.walk([&](ItemsOp op) { items.push_back(op); });
      if (items.size() > 1) {
        items[1].emitOpError() << "a kernel does one pa.decode, got a second one";
        return signalPassFailure();
      }
      if (items.size() == 1)
        kernels.emplace_back(function, items[0]);
    }
    for (auto [function, items] : kernels) {
      if (!target) {
        function.emitError() << "the module has no #pa.target attribute '" << TargetAttr::attrName << "'";
        return signalPassFailure();
      }
      if (failed(convert(function, items, target)))
        return signalPassFailure();
    }
    getOperation().walk([&](Operation *op) {
      if (isa_and_nonnull<PaDialect>(op->getDialect())) {
        op->emitOpError() << "has no lowering to the hardware level at this place";
        signalPassFailure();
      }
    });
  }
};

LogicalResult ConvertPa::convert(func::FuncOp function, ItemsOp items, TargetAttr target) {
  MLIRContext *context = &getContext();
  KernelContext kernel;
  auto module = KernelOutliner(function, items, target).run(kernel);
  if (failed(module))
    return failure();

  PaTypeConverter converter(context);
  RewritePatternSet patterns(context);
  addItemLowerings(patterns, converter, kernel);
  addLoadLowerings(patterns, converter, kernel);
  addDotLowerings(patterns, converter, kernel);
  addFp8ProductLowerings(patterns, converter, kernel);
  addScoreLowerings(patterns, converter, kernel);
  addSoftmaxLowerings(patterns, converter, kernel);
  addConvertLayoutLowerings(patterns, converter, kernel);
  addSharedLowerings(patterns, converter, kernel);
  addStagingLowerings(patterns, converter, kernel);
  addMergeLowerings(patterns, converter, kernel);
  addRowLowerings(patterns, converter, kernel);
  ConversionTarget legal(*context);
  legal.addIllegalDialect<PaDialect>();
  legal.addIllegalOp<memref::LoadOp>();
  legal.markUnknownOpDynamicallyLegal([](Operation *) { return true; });
  scf::populateSCFStructuralTypeConversionsAndLegality(converter, patterns, legal);
  if (failed(applyPartialConversion(*module, legal, std::move(patterns))))
    return failure();
  foldCasts(*module);
  recountLanes(*module, kernel.lane);
  return success();
}

} // namespace
} // namespace mlir::pa
