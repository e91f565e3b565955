// From a variant's description to the attention level: a function with one op.
#ifndef PA_COMPILER_PIPELINE_VARIANTTOIR_H
#define PA_COMPILER_PIPELINE_VARIANTTOIR_H

#include "compiler/variant/AnyVariant.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

#include <string>

namespace mlir::pa {

/// A function, named as the op, with the variant's pa.decode, pa.append, pa.copy_pages or pa.merge_states. What a
/// type's or op's verifier refuses, or the IR has no word for, is an error at `loc`, and the result is null. A field
/// that this function does not know is found by differingFields.
OwningOpRef<ModuleOp> buildVariantModule(Location loc, const ::pa::AnyVariant &variant);

/// The fields in which a kernel's description is not the variant that was asked for, each "window is 0, expected 128",
/// one a line; "" if it is that. `json` is what the object says under "variant", or under its op's name.
std::string differingFields(const ::pa::AnyVariant &asked, StringRef json);

} // namespace mlir::pa

#endif
