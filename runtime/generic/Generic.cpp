#include "runtime/generic/Generic.h"
#include "runtime/generic/Objects.h"

namespace pa {
namespace {

Error refused(const char *field, const std::string &got, const std::string &allowed) {
  return {ErrorCode::unsupported, std::string(field) + " is " + got + ", allowed in a generic kernel: " + allowed, {}};
}

std::optional<Error> checkSize(const char *field, uint32_t size, uint32_t unit, uint32_t most) {
  if (size % unit == 0 && size <= most)
    return std::nullopt;
  return refused(field, std::to_string(size),
                 "a multiple of " + std::to_string(unit) + " up to " + std::to_string(most));
}

// Rows of a cache are read 16 bytes at a time.
std::optional<Error> check(const VariantCache &cache) {
  if (auto error = checkSize("head_size", cache.headSize, 16, generic::mostHeadSize))
    return error;
  return checkSize("value_head_size", cache.valueHeadSize, 16, generic::mostHeadSize);
}
std::optional<Error> check(const Variant &variant) {
  if (variant.userScore)
    return refused("user_score", "true", "false, since a score region is MLIR");
  return check(static_cast<const VariantCache &>(variant));
}
std::optional<Error> check(const MergeStatesVariant &variant) {
  return checkSize("head_size", variant.headSize, 8, generic::mostMergedHeadSize);
}

} // namespace

Expected<GenericKernel> genericKernel(const AnyVariant &variant, const Chip &chip) {
  if (auto error = std::visit([](const auto &one) { return check(one); }, variant))
    return *error;
  GenericKernel kernel;
  kernel.object = generic::objectOf(opOf(variant), chip);
  kernel.text = generic::describe(variant, chip.name);
  kernel.fields = generic::fieldsOf(variant);
  auto description = parseAnyDescription(kernel.text);
  if (!description)
    return description.error();
  kernel.description = std::move(*description);
  return kernel;
}

} // namespace pa
