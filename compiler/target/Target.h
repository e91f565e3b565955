// The #pa.target attribute of a chip: how chip facts reach the passes.
#ifndef PA_COMPILER_TARGET_TARGET_H
#define PA_COMPILER_TARGET_TARGET_H

#include "compiler/target/Chip.h"
#include "dialects/pa/Pa.h"

namespace mlir::pa {

/// How much room for registers plans leave: 0 is the table's own, 1 has one workgroup a CU, 2 smaller tiles as well,
/// and with 3 no more than 32 rows share what is loaded.
constexpr int64_t mostRoom = 3;

/// The attribute for `chip`, with its matrix instructions and resource plans.
TargetAttr makeTarget(MLIRContext *context, const ::pa::Chip &chip, int64_t room = 0);

} // namespace mlir::pa

#endif
