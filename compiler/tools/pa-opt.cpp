// pa-opt: mlir-opt with the pa dialect, its passes and its pipeline.
#include "compiler/codegen/Codegen.h"
#include "compiler/codegen/SerializePass.h"
#include "compiler/pipeline/Pipeline.h"
#include "passes/Passes.h"

#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "mlir/Transforms/Passes.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  registry.insert<mlir::pa::PaDialect, mlir::arith::ArithDialect, mlir::cf::ControlFlowDialect, mlir::func::FuncDialect,
                  mlir::gpu::GPUDialect, mlir::LLVM::LLVMDialect, mlir::math::MathDialect, mlir::memref::MemRefDialect,
                  mlir::ROCDL::ROCDLDialect, mlir::scf::SCFDialect, mlir::vector::VectorDialect>();
  mlir::pa::registerCodegenTranslations(registry);
  mlir::pa::registerPaPasses();
  mlir::pa::registerPipeline();
  mlir::pa::registerSerializePass();
  mlir::registerCanonicalizerPass();
  mlir::registerCSEPass();
  return mlir::asMainReturnCode(mlir::MlirOptMain(argc, argv, "pa-mlir optimizer\n", registry));
}
