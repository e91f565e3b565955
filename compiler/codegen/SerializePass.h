// `pa-serialize`: each gpu.module becomes a gpu.binary that holds its code object.
#ifndef PA_COMPILER_CODEGEN_SERIALIZEPASS_H
#define PA_COMPILER_CODEGEN_SERIALIZEPASS_H

#include "compiler/codegen/Codegen.h"

#include <memory>

namespace mlir {
class Pass;

namespace pa {

// What the gpu.object holds: the code object, or text for reading.
enum class SerialFormat { object, isa, llvm };

// Replaces `module` by a gpu.binary of the same name with one object for the chip of the module's #rocdl.target.
// An empty `options.chip` takes that chip; a chip in both places must be the same. On failure nothing is replaced.
LogicalResult serializeToObject(gpu::GPUModuleOp module, CodegenOptions options,
                                SerialFormat format = SerialFormat::object);

std::unique_ptr<Pass> createSerializePass();
void registerSerializePass();

} // namespace pa
} // namespace mlir

#endif
