#include "compiler/tools/CompileObject.h"

#include "compiler/codegen/LaneLowering.h"
#include "compiler/codegen/ObjectReport.h"
#include "compiler/pipeline/Pipeline.h"
#include "compiler/pipeline/VariantToIr.h"
#include "compiler/target/Target.h"
#include "compiler/tools/StageFiles.h"
#include "compiler/variant/Nearest.h"
#include "dialects/pa/Pa.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/ROCDLDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/Support/JSON.h"

using namespace mlir;

namespace pa {
namespace {

bool hasPaOps(ModuleOp module) {
  return module
      .walk([](Operation *op) {
        return isa_and_nonnull<mlir::pa::PaDialect>(op->getDialect()) ? WalkResult::interrupt() : WalkResult::advance();
      })
      .wasInterrupted();
}

// Input at lane level needs no pa pass.
LogicalResult addPasses(ModuleOp module, StringRef chip, StringRef paOptions, int64_t room, const AnyVariant *variant,
                        PassManager &passes) {
  if (hasPaOps(module)) {
    mlir::pa::PipelineOptions options;
    if (std::string error = mlir::pa::parsePipelineOptions(paOptions, options); !error.empty())
      return module.emitError("--pa-options: ") << error;
    if (const Variant *decode = variant ? std::get_if<Variant>(variant) : nullptr) {
      options.split &= decode->split != SplitKv::none;
      if (decode->split == SplitKv::fixed)
        options.splitTokens = decode->splitTokens;
    }
    if (failed(mlir::pa::setTarget(module, chip, room)))
      return failure();
    mlir::pa::buildPipeline(passes, options);
    return success();
  }
  if (!paOptions.empty())
    return module.emitError("--pa-options are for input with pa ops, got '") << paOptions << "'";
  mlir::pa::wrapBareKernels(module, "kernels");
  mlir::pa::addLaneLowering(passes);
  return success();
}

LogicalResult runPasses(ModuleOp module, StringRef chip, StringRef paOptions, int64_t room, const AnyVariant *variant,
                        StageFiles *stages) {
  PassManager passes(module.getContext());
  if (failed(addPasses(module, chip, paOptions, room, variant, passes)))
    return failure();
  if (stages)
    stages->followPasses(passes);
  return passes.run(module);
}

// The one to compile: passes have seen all of them, since functions of a module may share a cache.
FailureOr<gpu::GPUModuleOp> theGpuModule(ModuleOp module, StringRef function) {
  auto all = llvm::to_vector(module.getOps<gpu::GPUModuleOp>());
  if (!function.empty()) {
    size_t count = all.size();
    llvm::erase_if(all, [&](gpu::GPUModuleOp one) { return !one.lookupSymbol<LLVM::LLVMFuncOp>(function); });
    if (all.size() != 1)
      return module.emitError("--function: '")
             << function << "' is in " << all.size() << " of " << count << " kernels' modules, expected one";
  }
  if (all.size() != 1)
    return module.emitError("expected one gpu.module (or llvm.func kernels outside of any), got ")
           << all.size() << (all.empty() ? "" : ": --function chooses one");
  return all[0];
}

// What the object says of itself against what was asked. `splitOff`: an option of the pipeline took the split away.
LogicalResult checkDescription(ModuleOp module, const Compiled &compiled, AnyVariant asked, bool splitOff) {
  auto report = readCodeObject(llvm::MemoryBufferRef(compiled.object(), "the object"));
  if (!report)
    return module.emitError(llvm::toString(report.takeError()));
  auto description = llvm::json::parse(report->variant);
  if (!description)
    return module.emitError("the object's description is not JSON: ") << llvm::toString(description.takeError());
  const llvm::json::Object *whole = description->getAsObject();
  const llvm::json::Value *said =
      whole ? whole->get(opOf(asked) == Op::decode ? "variant" : toString(opOf(asked))) : nullptr;
  if (Variant *decode = std::get_if<Variant>(&asked); decode && splitOff)
    decode->split = SplitKv::none, decode->splitTokens = 0;
  std::string text;
  if (said)
    llvm::raw_string_ostream(text) << *said;
  if (std::string differing = mlir::pa::differingFields(asked, text); !differing.empty())
    return module.emitError("the kernel is not the variant that was asked for: ") << differing;
  return success();
}

/// Wrong ones are reported when the pipeline is built.
mlir::pa::PipelineOptions pipelineOptions(StringRef paOptions) {
  mlir::pa::PipelineOptions options;
  return mlir::pa::parsePipelineOptions(paOptions, options).empty() ? options : mlir::pa::PipelineOptions();
}

LogicalResult generate(ModuleOp module, StringRef chip, const CompileOptions &options, const AnyVariant *variant,
                       StageFiles *stages, Compiled &result) {
  FailureOr<gpu::GPUModuleOp> gpuModule = theGpuModule(module, options.function);
  if (failed(gpuModule) || failed(mlir::pa::resolveChip(*gpuModule, chip)))
    return failure();
  mlir::pa::CodegenOptions codegen;
  codegen.chip = chip.str();
  codegen.optLevel = options.optLevel;
  codegen.codeObjectVersion = options.codeObjectVersion;
  mlir::pa::CodegenOutputs wanted = options.wanted;
  wanted.llvmIR |= stages != nullptr;
  wanted.optimizedIR |= stages != nullptr;
  wanted.isa |= stages != nullptr;
  wanted.object |= stages || variant;
  FailureOr<mlir::pa::CodegenResult> code = mlir::pa::compileGpuModule(*gpuModule, codegen, wanted);
  if (failed(code))
    return failure();
  result.code = std::move(*code);
  result.times.insert(result.times.end(), result.code.times.begin(), result.code.times.end());
  if (!stages)
    return success();
  stages->write("translated", ".ll", result.code.llvmIR);
  stages->write("optimized", ".ll", result.code.optimizedIR);
  stages->write("isa", ".s", result.code.isa);
  stages->write("object", ".hsaco", result.object());
  return success();
}

LogicalResult compileOnce(ModuleOp source, StringRef chip, const CompileOptions &options, const AnyVariant *variant,
                          StageFiles *stages, Compiled &result) {
  OwningOpRef<ModuleOp> module = source.clone();
  if (stages)
    stages->writeOp("input", *module);
  auto run = [&] { return runPasses(*module, chip, options.paOptions, result.room, variant, stages); };
  if (failed(timed(result.times, "passes", run)) || failed(generate(*module, chip, options, variant, stages, result)))
    return failure();
  return variant ? checkDescription(source, result, *variant, !pipelineOptions(options.paOptions).split) : success();
}

FailureOr<unsigned> spilledRegisters(ModuleOp module, const Compiled &compiled) {
  auto report = readCodeObject(llvm::MemoryBufferRef(compiled.object(), "the object"));
  if (!report)
    return module.emitError(llvm::toString(report.takeError()));
  unsigned spilled = 0;
  for (const KernelReport &kernel : report->kernels)
    spilled += kernel.vgprSpills;
  return spilled;
}

// With the least room that spills no vector register, or the fewest. The times are those of all attempts.
LogicalResult withRoomEnough(ModuleOp source, StringRef chip, CompileOptions options, const AnyVariant *variant,
                             Compiled &result) {
  options.wanted.object = true;
  unsigned fewest = std::numeric_limits<unsigned>::max();
  for (int64_t room = 0; room <= mlir::pa::mostRoom && fewest != 0; ++room) {
    Compiled attempt;
    attempt.room = room;
    attempt.times.swap(result.times);
    FailureOr<unsigned> spilled = failure();
    if (failed(compileOnce(source, chip, options, variant, nullptr, attempt)) ||
        failed(spilled = spilledRegisters(source, attempt)))
      return failure();
    result.times.swap(attempt.times);
    if (*spilled >= fewest)
      continue;
    std::swap(result, attempt);
    result.times.swap(attempt.times);
    fewest = *spilled;
  }
  return success();
}

} // namespace

void registerCompilerDialects(DialectRegistry &registry) {
  registry.insert<arith::ArithDialect, cf::ControlFlowDialect, func::FuncDialect, gpu::GPUDialect, LLVM::LLVMDialect,
                  math::MathDialect, memref::MemRefDialect, mlir::pa::PaDialect, ROCDL::ROCDLDialect, scf::SCFDialect,
                  vector::VectorDialect>();
  mlir::pa::registerCodegenTranslations(registry);
}

LogicalResult compileModule(ModuleOp source, StringRef chip, const CompileOptions &options, const AnyVariant *variant,
                            StageFiles *stages, Compiled &result) {
  int64_t said = pipelineOptions(options.paOptions).room;
  if (said >= 0 || !hasPaOps(source)) {
    result.room = std::max<int64_t>(said, 0);
    return compileOnce(source, chip, options, variant, stages, result);
  }
  if (failed(withRoomEnough(source, chip, options, variant, result)))
    return failure();
  if (!stages)
    return success();
  Compiled again; // that its files are of one compilation
  again.room = result.room;
  return compileOnce(source, chip, options, variant, stages, again);
}

llvm::Expected<Compiled> withDiagnostics(MLIRContext &context, llvm::function_ref<LogicalResult(Compiled &)> body) {
  std::string words;
  ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
    words += (words.empty() ? "" : "\n") + diagnostic.str();
    return success();
  });
  Compiled result;
  if (failed(body(result)))
    return llvm::createStringError(words);
  return result;
}

llvm::Expected<Compiled> compileVariant(MLIRContext &context, const AnyVariant &variant, const Chip &chip,
                                        const CompileOptions &options) {
  if (std::string refusal = refusalInWords(variant, chip); !refusal.empty())
    return llvm::createStringError(refusal);
  return withDiagnostics(context, [&](Compiled &result) {
    OwningOpRef<ModuleOp> module = mlir::pa::buildVariantModule(UnknownLoc::get(&context), variant);
    return success(module && succeeded(compileModule(*module, chip.name, options, &variant, nullptr, result)));
  });
}

} // namespace pa
