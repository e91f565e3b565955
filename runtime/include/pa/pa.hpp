// libpa for C++17, header only: handles that release themselves, and results that are a value or an error.
//
//   auto device = pa::Device::open("emulated:gfx942");
//   auto kernel = device->request(pa::Source::variant(R"({"cache_type": "bf16", ...})"));
//   if (!kernel)
//     std::cerr << kernel.error().text;
#ifndef PA_PA_HPP
#define PA_PA_HPP

#include "pa/pa.h"

#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace pa {
// With symbols of its own: a program may link other code that calls a class pa::Device.
inline namespace layer {

// One reason of several why a description is refused.
struct Refusal {
  pa_limit limit;
  std::string field, value, allowed, why, text;
};

struct Failure {
  pa_status status;
  std::string text;
  std::vector<Refusal> reasons = {}; // if it was for a description
};

// A value, or why there is none. A value is only asked for after a test.
template <class T> class [[nodiscard]] Result {
public:
  Result(T value) : state(std::in_place_index<0>, std::move(value)) {}
  Result(Failure failure) : state(std::in_place_index<1>, std::move(failure)) {}
  explicit operator bool() const noexcept { return state.index() == 0; }
  T &operator*() { return std::get<0>(state); }
  const T &operator*() const { return std::get<0>(state); }
  T *operator->() { return &std::get<0>(state); }
  const T *operator->() const { return &std::get<0>(state); }
  const Failure &error() const { return std::get<1>(state); }

private:
  std::variant<T, Failure> state;
};

struct Done {};

namespace detail {
inline std::vector<Refusal> lastRefusals() {
  std::vector<Refusal> all;
  pa_reason one = {};
  one.size = sizeof one;
  for (uint32_t i = 0; pa_reason_get(i, &one) == PA_OK; ++i)
    all.push_back({static_cast<pa_limit>(one.limit), one.field, one.value, one.allowed, one.why, one.text});
  return all;
}
inline Failure lastFailure(pa_status status) { return {status, pa_last_error(), lastRefusals()}; }
template <class T> Result<T> made(pa_status status, T value) {
  if (status != PA_OK)
    return lastFailure(status);
  return value;
}
inline Result<Done> done(pa_status status) { return made(status, Done{}); }
template <class T, void (*release)(T *)> struct Release {
  void operator()(T *handle) const noexcept { release(handle); }
};
} // namespace detail

struct Workspace {
  uint64_t bytes = 0;
  uint64_t alignment = 0;
};

// With its size set.
struct PagedCache : pa_paged_cache {
  PagedCache() : pa_paged_cache{} { size = sizeof(pa_paged_cache); }
};

// Its end is pa_kernel_release: what was launched with it has run by then, and no graph with it is launched again.
class Kernel {
public:
  explicit Kernel(pa_kernel *handle) : handle(handle) {}
  pa_kernel *get() const { return handle.get(); }

  pa_kernel_info info() const {
    pa_kernel_info info = {};
    info.size = sizeof info;
    (void)pa_kernel_get_info(get(), &info);
    return info;
  }
  Result<Workspace> workspace(int64_t sequences) const {
    Workspace needed;
    pa_status status = pa_decode_workspace(get(), sequences, &needed.bytes, &needed.alignment);
    return detail::made(status, needed);
  }
  Result<Done> prepare(void *stream = nullptr) const { return detail::done(pa_kernel_prepare(get(), stream)); }
  // Sets the struct's size itself.
  Result<Done> decode(pa_decode_call call, void *stream = nullptr) const {
    call.size = sizeof call;
    return detail::done(pa_decode(get(), &call, stream));
  }
  // The kernels beside decode; the caches' sizes are the caller's to set (PagedCache does).
  Result<Done> append(pa_append_call call, void *stream = nullptr) const {
    call.size = sizeof call;
    return detail::done(pa_append(get(), &call, stream));
  }
  Result<Done> copyPages(pa_copy_pages_call call, void *stream = nullptr) const {
    call.size = sizeof call;
    return detail::done(pa_copy_pages(get(), &call, stream));
  }
  Result<Done> mergeStates(pa_merge_states_call call, void *stream = nullptr) const {
    call.size = sizeof call;
    return detail::done(pa_merge_states(get(), &call, stream));
  }

private:
  std::unique_ptr<pa_kernel, detail::Release<pa_kernel, pa_kernel_release>> handle;
};

// A kernel that is being compiled.
class Pending {
public:
  explicit Pending(pa_request *handle) : handle(handle) {}
  bool isReady() const { return pa_request_is_ready(handle.get()); }
  // Waits; once.
  Result<Kernel> finish() {
    pa_kernel *kernel = nullptr;
    pa_status status = pa_request_finish(handle.release(), &kernel);
    if (status != PA_OK)
      return detail::lastFailure(status);
    return Kernel(kernel);
  }

private:
  struct Finish {
    void operator()(pa_request *request) const noexcept {
      pa_kernel *kernel = nullptr;
      if (pa_request_finish(request, &kernel) == PA_OK)
        pa_kernel_release(kernel);
    }
  };
  std::unique_ptr<pa_request, Finish> handle;
};

// What a kernel is asked for by: an .mlir module, or a variant's JSON.
struct Source {
  pa_source_kind kind;
  std::string text;
  std::string options = {};
  uint32_t deadlineMilliseconds = 0;

  static Source mlir(std::string text) { return {PA_SOURCE_MLIR, std::move(text)}; }
  static Source variant(std::string json) { return {PA_SOURCE_VARIANT, std::move(json)}; }
};

// Whether a variant is supported; the failure has every reason.
inline Result<Done> check(const std::string &chip, const std::string &variant) {
  return detail::done(pa_check(chip.c_str(), variant.data(), variant.size()));
}
// Also how it is compiled, as JSON.
inline Result<std::string> explain(const std::string &chip, const std::string &variant) {
  const char *json = nullptr;
  pa_status status = pa_explain(chip.c_str(), variant.data(), variant.size(), &json);
  if (status != PA_OK)
    return detail::lastFailure(status);
  return std::string(json);
}
inline Result<Done> addBundle(const std::string &path) { return detail::done(pa_bundle_add(path.c_str())); }

class Device {
public:
  static Result<Device> open(const std::string &name) {
    pa_device *handle = nullptr;
    pa_status status = pa_device_open(name.c_str(), &handle);
    if (status != PA_OK)
      return detail::lastFailure(status);
    return Device(handle);
  }
  pa_device *get() const { return handle.get(); }
  std::string chip() const { return pa_device_chip(get()); }
  uint32_t computeUnits() const { return pa_device_compute_units(get()); }

  Result<Kernel> load(const void *object, size_t bytes) const {
    pa_kernel *kernel = nullptr;
    pa_status status = pa_kernel_load(get(), object, bytes, &kernel);
    if (status != PA_OK)
      return detail::lastFailure(status);
    return Kernel(kernel);
  }

  // From a bundle, cached, or compiled now.
  Result<Kernel> request(const Source &wanted, uint32_t flags = 0) const {
    pa_source source = toC(wanted);
    pa_kernel *kernel = nullptr;
    pa_status status = pa_kernel_request(get(), &source, flags, &kernel);
    if (status != PA_OK)
      return detail::lastFailure(status);
    return Kernel(kernel);
  }
  // The same without waiting.
  Result<Pending> start(const Source &wanted, uint32_t flags = 0) const {
    pa_source source = toC(wanted);
    pa_request *request = nullptr;
    pa_status status = pa_request_start(get(), &source, flags, &request);
    if (status != PA_OK)
      return detail::lastFailure(status);
    return Pending(request);
  }
  // From an .mlir module.
  Result<Kernel> request(const std::string &mlir, const std::string &options = "", uint32_t flags = 0) const {
    Source source = Source::mlir(mlir);
    source.options = options;
    return request(source, flags);
  }

  Result<uint64_t> allocate(const std::string &name, uint64_t bytes) const {
    uint64_t address = 0;
    pa_status status = pa_device_allocate(get(), name.c_str(), bytes, &address);
    return detail::made(status, address);
  }
  Result<Done> release(uint64_t address) const { return detail::done(pa_device_release(get(), address)); }
  Result<Done> write(uint64_t target, const void *source, uint64_t bytes) const {
    return detail::done(pa_device_write(get(), target, source, bytes));
  }
  Result<Done> read(void *target, uint64_t source, uint64_t bytes) const {
    return detail::done(pa_device_read(get(), target, source, bytes));
  }
  Result<Done> fill(uint64_t target, uint8_t value, uint64_t bytes) const {
    return detail::done(pa_device_fill(get(), target, value, bytes));
  }
  // The program's own memory, which it unmaps before it goes away.
  Result<uint64_t> map(const std::string &name, void *host, uint64_t bytes) const {
    uint64_t address = 0;
    pa_status status = pa_device_map(get(), name.c_str(), host, bytes, &address);
    return detail::made(status, address);
  }
  Result<Done> unmap(void *host) const { return detail::done(pa_device_unmap(get(), host)); }
  Result<Done> synchronize() const { return detail::done(pa_device_synchronize(get())); }

private:
  static pa_source toC(const Source &wanted) {
    pa_source source = {};
    source.size = sizeof source;
    source.kind = wanted.kind;
    source.text = wanted.text.data();
    source.text_bytes = wanted.text.size();
    source.options = wanted.options.c_str();
    source.deadline_ms = wanted.deadlineMilliseconds;
    return source;
  }
  explicit Device(pa_device *handle) : handle(handle) {}
  std::unique_ptr<pa_device, detail::Release<pa_device, pa_device_close>> handle;
};

} // namespace layer
} // namespace pa

#endif
