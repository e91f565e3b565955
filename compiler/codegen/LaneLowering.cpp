#include "compiler/codegen/LaneLowering.h"

#include "mlir/Conversion/ArithToLLVM/ArithToLLVM.h"
#include "mlir/Conversion/ControlFlowToLLVM/ControlFlowToLLVM.h"
#include "mlir/Conversion/MathToLLVM/MathToLLVM.h"
#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/Transforms/Passes.h"

using namespace mlir;

void mlir::pa::addLaneLowering(OpPassManager &passes) {
  OpPassManager &onGpu = passes.nest<gpu::GPUModuleOp>();
  onGpu.addPass(createSCFToControlFlowPass());
  onGpu.addPass(math::createMathExpandOpsPass({{"tanh"}})); // by exp: the backend has no tanh
  onGpu.addPass(createConvertVectorToLLVMPass());
  onGpu.addPass(createConvertMathToLLVMPass());
  onGpu.addPass(createArithToLLVMConversionPass());
  passes.addPass(createConvertControlFlowToLLVMPass()); // upstream ties it to the outer module
  passes.nest<gpu::GPUModuleOp>().addPass(createReconcileUnrealizedCastsPass());
}

void mlir::pa::wrapBareKernels(ModuleOp module, StringRef name) {
  if (!module.getOps<gpu::GPUModuleOp>().empty() || module.getOps<LLVM::LLVMFuncOp>().empty())
    return;
  SmallVector<Operation *> content;
  for (Operation &op : module.getOps())
    content.push_back(&op);
  module.getContext()->getOrLoadDialect<gpu::GPUDialect>();
  auto builder = OpBuilder::atBlockEnd(module.getBody());
  auto inner = gpu::GPUModuleOp::create(builder, module.getLoc(), name);
  for (Operation *op : content)
    op->moveBefore(inner.getBody(), inner.getBody()->end());
}
