#include "compiler/codegen/SerializePass.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/ROCDLDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

using namespace mlir;
using mlir::pa::SerialFormat;

namespace {

struct SerializePass : PassWrapper<SerializePass, OperationPass<ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(SerializePass)

  SerializePass() = default;
  SerializePass(const SerializePass &other) : PassWrapper(other) {}

  StringRef getArgument() const override { return "pa-serialize"; }
  StringRef getDescription() const override {
    return "compile each gpu.module, in process, to a gpu.binary with its code object";
  }
  void getDependentDialects(DialectRegistry &registry) const override {
    registry.insert<gpu::GPUDialect, LLVM::LLVMDialect, ROCDL::ROCDLDialect>();
    mlir::pa::registerCodegenTranslations(registry);
  }

  void runOnOperation() override {
    mlir::pa::CodegenOptions options;
    options.chip = chip;
    options.optLevel = optLevel;
    options.codeObjectVersion = codeObjectVersion;
    for (auto module : llvm::make_early_inc_range(getOperation().getOps<gpu::GPUModuleOp>()))
      if (failed(mlir::pa::serializeToObject(module, options, format)))
        return signalPassFailure();
  }

  Option<std::string> chip{*this, "chip", llvm::cl::desc("chip, when the gpu.module has no #rocdl.target")};
  Option<unsigned> optLevel{*this, "O", llvm::cl::desc("LLVM optimization level, 0 to 3"), llvm::cl::init(3)};
  Option<unsigned> codeObjectVersion{*this, "code-object-version", llvm::cl::desc("5 or 6"), llvm::cl::init(5)};
  Option<SerialFormat> format{*this, "format", llvm::cl::desc("what the gpu.object holds"),
                              llvm::cl::init(SerialFormat::object),
                              llvm::cl::values(clEnumValN(SerialFormat::object, "hsaco", "the linked code object"),
                                               clEnumValN(SerialFormat::isa, "isa", "assembly text"),
                                               clEnumValN(SerialFormat::llvm, "llvm", "optimized LLVM IR"))};
};

} // namespace

LogicalResult mlir::pa::serializeToObject(gpu::GPUModuleOp module, CodegenOptions options, SerialFormat format) {
  FailureOr<std::string> chip = resolveChip(module, options.chip);
  if (failed(chip))
    return failure();
  options.chip = *chip;

  CodegenOutputs wanted;
  wanted.object = format == SerialFormat::object;
  wanted.isa = format == SerialFormat::isa;
  wanted.optimizedIR = format == SerialFormat::llvm;
  FailureOr<CodegenResult> result = compileGpuModule(module, options, wanted);
  if (failed(result))
    return failure();

  OpBuilder builder(module);
  auto target = ROCDL::ROCDLTargetAttr::get(module.getContext(), options.optLevel, "amdgcn-amd-amdhsa", options.chip);
  StringRef bytes = wanted.object ? StringRef(result->object.data(), result->object.size())
                    : wanted.isa  ? StringRef(result->isa)
                                  : StringRef(result->optimizedIR);
  auto kind = wanted.object ? gpu::CompilationTarget::Binary
              : wanted.isa  ? gpu::CompilationTarget::Assembly
                            : gpu::CompilationTarget::Offload;
  Attribute object = gpu::ObjectAttr::get(module.getContext(), target, kind, builder.getStringAttr(bytes),
                                          /*properties=*/nullptr, /*kernels=*/nullptr);
  gpu::BinaryOp::create(builder, module.getLoc(), module.getName(), /*offloadingHandler=*/nullptr, ArrayRef{object});
  module.erase();
  return success();
}

std::unique_ptr<Pass> mlir::pa::createSerializePass() { return std::make_unique<SerializePass>(); }

void mlir::pa::registerSerializePass() {
  registerPass([] { return createSerializePass(); });
}
