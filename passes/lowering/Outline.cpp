#include "passes/lowering/Outline.h"

using namespace mlir;
using namespace mlir::pa;

gpu::GPUModuleOp mlir::pa::outlineModule(OpBuilder &builder, func::FuncOp function, TargetAttr target) {
  auto module = gpu::GPUModuleOp::create(builder, function.getLoc(), (function.getName() + "_module").str());
  Attribute chip =
      ROCDL::ROCDLTargetAttr::get(builder.getContext(), /*optLevel=*/3, "amdgcn-amd-amdhsa", target.getChip());
  module.setTargetsAttr(builder.getArrayAttr({chip}));
  for (StringRef note : {"pa.variant", "pa.op"})
    if (Attribute noted = function->getAttr(note))
      module->setAttr(note, noted);
  return module;
}

LLVM::LLVMFuncOp mlir::pa::outlineKernel(OpBuilder &builder, gpu::GPUModuleOp module, func::FuncOp function,
                                         int64_t threads, int64_t argBytes) {
  MLIRContext *context = builder.getContext();
  builder.setInsertionPointToStart(module.getBody());
  auto pointer = LLVM::LLVMPointerType::get(context, 4);
  auto type = LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(context), {pointer});
  auto kernel = LLVM::LLVMFuncOp::create(builder, function.getLoc(), function.getName(), type);
  std::string size = std::to_string(threads);
  kernel->setAttr("rocdl.kernel", builder.getUnitAttr());
  kernel->setAttr("rocdl.flat_work_group_size", builder.getStringAttr(size + "," + size));
  kernel->setAttr("rocdl.reqd_work_group_size", builder.getDenseI32ArrayAttr({static_cast<int32_t>(threads), 1, 1}));
  // No hidden arguments: the kernarg segment is the argument block and nothing else.
  kernel.setPassthroughAttr(builder.getArrayAttr({builder.getStrArrayAttr({"amdgpu-implicitarg-num-bytes", "0"})}));
  auto block = LLVM::LLVMArrayType::get(builder.getI8Type(), argBytes);
  kernel.setArgAttr(0, LLVM::LLVMDialect::getByRefAttrName(), TypeAttr::get(block));
  kernel.setArgAttr(0, LLVM::LLVMDialect::getAlignAttrName(), builder.getI64IntegerAttr(8));
  kernel.setArgAttr(0, LLVM::LLVMDialect::getNoAliasAttrName(), builder.getUnitAttr());
  return kernel;
}
