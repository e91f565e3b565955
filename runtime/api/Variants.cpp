#include "runtime/api/Variants.h"
#include "compiler/variant/Nearest.h"
#include "runtime/api/Boundary.h"
#include "runtime/jit/Bundle.h"
#include "runtime/jit/CompilerProcess.h"

namespace pa::api {
namespace {

std::vector<RefusalReason> toReasons(const std::vector<FieldError> &errors) {
  std::vector<RefusalReason> all;
  for (const FieldError &error : errors)
    all.push_back({PA_LIMIT_DESCRIPTION, error.field, error.value, error.allowed, "", error.text});
  return all;
}

std::vector<RefusalReason> toReasons(const std::vector<Reason> &reasons) {
  std::vector<RefusalReason> all;
  for (const Reason &reason : reasons)
    all.push_back(
        {static_cast<pa_limit>(reason.limit), reason.field, reason.value, reason.allowed, reason.why, reason.text()});
  return all;
}
static_assert(static_cast<int>(Limit::compiler) == PA_LIMIT_COMPILER);

Expected<AnyVariant> readVariant(std::string_view json) {
  auto parsed = parseAnyVariant(json);
  if (!parsed.errors.empty()) {
    nextReasons(toReasons(parsed.errors));
    return {ErrorCode::invalidArgument, toText(parsed.errors)};
  }
  return parsed.variant;
}

Expected<const Chip *> chipOf(const char *name) {
  if (!name)
    return nullArgument("chip");
  const Chip *chip = findChip(name);
  if (!chip)
    return {ErrorCode::invalidArgument, "unknown chip '" + std::string(name) + "', allowed: " + knownChips()};
  return chip;
}

Expected<std::string> explain(std::string_view json, const Chip &chip) {
  auto variant = readVariant(json);
  if (!variant)
    return variant.error();
  auto compiler = findCompiler();
  if (!compiler)
    return compiler.error();
  CompileRequest request;
  request.source = printAnyVariant(*variant);
  request.chip = chip.name;
  request.kind = SourceKind::variant;
  request.explain = true;
  return compileInProcess(*compiler, request, {});
}

thread_local std::string explanation;

} // namespace

Expected<AnyVariant> readSupported(std::string_view json, const Chip &chip) {
  auto variant = readVariant(json);
  if (!variant)
    return variant;
  if (auto reasons = whyNot(*variant, chip); !reasons.empty()) {
    nextReasons(toReasons(reasons));
    return {ErrorCode::unsupported, refusalInWords(*variant, chip)};
  }
  return variant;
}

} // namespace pa::api

using namespace pa;
using namespace pa::api;

extern "C" pa_status pa_check(const char *chipName, const char *variant, size_t bytes) {
  return guarded([&]() -> Status {
    auto chip = chipOf(chipName);
    if (!chip)
      return chip.error();
    if (!variant)
      return nullArgument("variant");
    auto supported = readSupported({variant, bytes}, **chip);
    return supported ? Status() : Status(supported.error());
  });
}

extern "C" pa_status pa_explain(const char *chipName, const char *variant, size_t bytes, const char **json) {
  return guarded([&]() -> Status {
    auto chip = chipOf(chipName);
    if (!chip)
      return chip.error();
    if (!variant || !json)
      return nullArgument(variant ? "json" : "variant");
    *json = nullptr;
    auto text = explain({variant, bytes}, **chip);
    if (!text)
      return text.error();
    explanation = std::move(*text);
    *json = explanation.c_str();
    return {};
  });
}

extern "C" pa_status pa_bundle_add(const char *path) {
  return guarded([&]() -> Status { return path ? addBundle(path) : Status(nullArgument("path")); });
}
