#include "runtime/hip/Work.h"
#include "runtime/hip/Stream.h"

#include <algorithm>
#include <cstring>

namespace pa::hip {
namespace {

uint64_t spanOf(size_t width, size_t rows, size_t slices, size_t pitch, size_t slice) {
  return width == 0 ? 0 : width + (rows - 1) * pitch + (slices - 1) * slice;
}

// What arrives in device memory is defined from then on. What leaves it is not asked whether it is: programs copy whole
// buffers of which kernels wrote a part.
void moveBytes(uint8_t *target, const uint8_t *source, size_t bytes) {
  State &state = State::get();
  const uint8_t *from = state.view(source, bytes);
  if (Gpu *gpu = state.deviceHolding(target))
    check(gpu->emulated.memory().write(reinterpret_cast<uint64_t>(target), from, bytes));
  else
    std::memmove(target, from, bytes);
}

void executeCopy(const CopyWork &copy) {
  if (copy.width == 0 || copy.rows == 0 || copy.slices == 0)
    return;
  State &state = State::get();
  auto *target = static_cast<uint8_t *>(copy.target);
  const auto *source = static_cast<const uint8_t *>(copy.source);
  // Wholly inside, before the first byte is moved.
  (void)state.view(target, spanOf(copy.width, copy.rows, copy.slices, copy.targetPitch, copy.targetSlice));
  (void)state.view(source, spanOf(copy.width, copy.rows, copy.slices, copy.sourcePitch, copy.sourceSlice));
  for (size_t slice = 0; slice < copy.slices; ++slice)
    for (size_t row = 0; row < copy.rows; ++row)
      moveBytes(target + slice * copy.targetSlice + row * copy.targetPitch,
                source + slice * copy.sourceSlice + row * copy.sourcePitch, copy.width);
}

void executeFill(const FillWork &fill) {
  if (fill.elements == 0 || fill.rows == 0)
    return;
  size_t width = fill.elements * fill.elementBytes;
  (void)State::get().view(fill.target, spanOf(width, fill.rows, 1, fill.pitch, 0));
  constexpr size_t mostElements = 1 << 18; // of a piece: fills can be as large as the device's memory
  std::vector<uint8_t> piece(std::min(fill.elements, mostElements) * fill.elementBytes);
  for (size_t at = 0; at < piece.size(); at += fill.elementBytes)
    std::memcpy(piece.data() + at, &fill.value, fill.elementBytes);
  for (size_t row = 0; row < fill.rows; ++row)
    for (size_t at = 0; at < width; at += piece.size())
      moveBytes(static_cast<uint8_t *>(fill.target) + row * fill.pitch + at, piece.data(),
                std::min(piece.size(), width - at));
}

// The program's function may call HIP, and may wait for a thread that does.
void executeHost(const HostWork &work) {
  std::recursive_mutex &mutex = State::get().mutex;
  mutex.unlock();
  work.function(work.argument);
  mutex.lock();
}

void executeEvent(const EventWork &work) {
  work.event->time = std::chrono::steady_clock::now();
  work.event->point = {};
}

template <class... F> struct Overloaded : F... {
  using F::operator()...;
};
template <class... F> Overloaded(F...) -> Overloaded<F...>;

} // namespace

void execute(Gpu &gpu, const Work &work) {
  std::visit(
      Overloaded{[](const NoWork &) {}, [&](const KernelWork &kernel) { executeKernel(gpu, kernel); },
                 [](const CopyWork &copy) { executeCopy(copy); }, [](const FillWork &fill) { executeFill(fill); },
                 [](const HostWork &host) { executeHost(host); }, [](const EventWork &event) { executeEvent(event); }},
      work);
}

} // namespace pa::hip
