#include "runtime/api/Boundary.h"
#include "compiler/variant/JsonValue.h"

namespace pa::api {
namespace {

thread_local std::string lastError;
thread_local const char *lastText = ""; // lastError's, or a text that needs no memory
thread_local std::vector<RefusalReason> lastReasons, coming;

struct Row {
  pa_status status;
  const char *name;
};
constexpr Row rows[] = {{PA_OK, "PA_OK"},
                        {PA_INVALID_ARGUMENT, "PA_INVALID_ARGUMENT"},
                        {PA_INVALID_OBJECT, "PA_INVALID_OBJECT"},
                        {PA_OTHER_CHIP, "PA_OTHER_CHIP"},
                        {PA_UNAVAILABLE, "PA_UNAVAILABLE"},
                        {PA_UNSUPPORTED, "PA_UNSUPPORTED"},
                        {PA_CAPTURING, "PA_CAPTURING"},
                        {PA_MEMORY, "PA_MEMORY"},
                        {PA_KERNEL_FAULT, "PA_KERNEL_FAULT"},
                        {PA_NOT_CACHED, "PA_NOT_CACHED"},
                        {PA_COMPILE_FAILED, "PA_COMPILE_FAILED"},
                        {PA_INTERNAL, "PA_INTERNAL"},
                        {PA_WRONG_RESULT, "PA_WRONG_RESULT"}};

pa_status statusOf(ErrorCode code) {
  switch (code) {
  case ErrorCode::invalidArgument:
    return PA_INVALID_ARGUMENT;
  case ErrorCode::invalidObject:
    return PA_INVALID_OBJECT;
  case ErrorCode::otherChip:
    return PA_OTHER_CHIP;
  case ErrorCode::unavailable:
    return PA_UNAVAILABLE;
  case ErrorCode::unsupported:
    return PA_UNSUPPORTED;
  case ErrorCode::capturing:
    return PA_CAPTURING;
  case ErrorCode::memory:
    return PA_MEMORY;
  case ErrorCode::kernelFault:
    return PA_KERNEL_FAULT;
  case ErrorCode::notCached:
    return PA_NOT_CACHED;
  case ErrorCode::compileFailed:
    return PA_COMPILE_FAILED;
  case ErrorCode::wrongResult:
    return PA_WRONG_RESULT;
  }
  return PA_INTERNAL;
}

} // namespace

void nextReasons(std::vector<RefusalReason> reasons) { coming = std::move(reasons); }

static pa_status keepText(const char *text, pa_status status) noexcept {
  lastReasons = std::exchange(coming, {});
  try {
    lastError = toUtf8(text);
    lastText = lastError.c_str();
    return status;
  } catch (const std::bad_alloc &) {
    return keepNoMemory();
  }
}

pa_status keep(const Error &error) noexcept { return keepText(error.message.c_str(), statusOf(error.code)); }
pa_status keepInternal(const char *text) noexcept { return keepText(text, PA_INTERNAL); }

pa_status keepNoMemory() noexcept {
  lastReasons.clear();
  coming.clear();
  lastText = "the host is out of memory";
  return PA_INTERNAL;
}

} // namespace pa::api

extern "C" const char *pa_last_error(void) { return pa::api::lastText; }

extern "C" uint32_t pa_reason_count(void) { return uint32_t(pa::api::lastReasons.size()); }

// Not by guarded: its own failure is not to replace what it is asked for.
extern "C" pa_status pa_reason_get(uint32_t index, pa_reason *reason) {
  constexpr size_t first = sizeof(pa_reason);
  if (index >= pa::api::lastReasons.size() || !reason || reason->size < first)
    return PA_INVALID_ARGUMENT;
  const pa::api::RefusalReason &known = pa::api::lastReasons[index];
  reason->limit = known.limit;
  reason->field = known.field.c_str();
  reason->value = known.value.c_str();
  reason->allowed = known.allowed.c_str();
  reason->why = known.why.c_str();
  reason->text = known.text.c_str();
  return PA_OK;
}

extern "C" const char *pa_status_name(pa_status status) {
  for (const auto &row : pa::api::rows)
    if (row.status == status)
      return row.name;
  return "PA_INTERNAL";
}

extern "C" uint32_t pa_version(void) { return PA_VERSION_MAJOR * 1000 + PA_VERSION_MINOR; }
