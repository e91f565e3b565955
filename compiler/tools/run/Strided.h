// Dense tensors laid out with gaps, as an engine's may be, and back: a kernel must go by the strides it is given.
#ifndef PA_COMPILER_TOOLS_RUN_STRIDED_H
#define PA_COMPILER_TOOLS_RUN_STRIDED_H

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace pa::run {

// `outer` * `inner` pieces of `pieceBytes` bytes; strides in bytes, at least as large as what they step over.
struct Strided {
  size_t outer = 0, inner = 1, pieceBytes = 0;
  size_t outerStride = 0, innerStride = 0;

  size_t bytes() const { return outer * outerStride; }
  bool isDense() const { return innerStride == pieceBytes && outerStride == inner * pieceBytes; }
  size_t offset(size_t i, size_t j) const { return i * outerStride + j * innerStride; }
};

std::vector<uint8_t> spread(const Strided &layout, const void *dense, uint8_t fill);
// The dense bytes again; nothing if a byte of a gap is not `fill` any more, with its offset in `touched`.
std::optional<std::vector<uint8_t>> gather(const Strided &layout, const std::vector<uint8_t> &bytes, uint8_t fill,
                                           size_t &touched);

} // namespace pa::run

#endif
