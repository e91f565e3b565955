// The #pa.target attribute of a chip: how chip facts reach the passes.
#ifndef PA_COMPILER_TARGET_TARGET_H
#define PA_COMPILER_TARGET_TARGET_H

#include "compiler/target/Chip.h"
#include "dialects/pa/Pa.h"

namespace mlir::pa {

/// The attribute for `chip`, with its matrix instructions and resource plans.
TargetAttr makeTarget(MLIRContext *context, const ::pa::Chip &chip);

} // namespace mlir::pa

#endif
