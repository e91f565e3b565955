// Which variant a generic kernel is to be: as the numbers that a launch passes behind its arguments, and as the
// description that a compiled kernel's object carries.
#ifndef PA_RUNTIME_GENERIC_DESCRIBE_H
#define PA_RUNTIME_GENERIC_DESCRIBE_H

#include "runtime/device/KernelDescription.h"
#include "runtime/generic/Fields.h"

namespace pa::generic {

// The op whose generic kernel the object has; nothing of any other object.
std::optional<Op> opOfObject(const CodeObject &object);

Fields fieldsOf(const AnyVariant &variant);
AnyVariant variantOf(Op op, const Fields &fields);

// JSON, as docs/abi.md has it. It says what the kernel does and not what was asked for: products are wide, weights are
// not rounded, and nothing is split.
std::string describe(const AnyVariant &variant, const std::string &chip);
// The same as data, of a launch: what is passed ends with the fields.
Expected<AnyDescription> describeLaunch(Op op, const std::string &chip, const void *kernarg, size_t bytes);

} // namespace pa::generic

#endif
