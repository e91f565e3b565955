// Where in a tile a lane is: the layout's lane digits as arithmetic on the lane id.
#include "passes/lowering/KernelContext.h"

using namespace mlir;
using namespace mlir::pa;

Value mlir::pa::laneDigits(const Emitter &emit, Value lane, ArrayRef<Mode> modes, bool rows) {
  Value sum;
  int64_t below = 1;
  for (const Mode &mode : modes) {
    int64_t step = rows ? mode.row : mode.col;
    if (step != 0) {
      Value digit = emit.udiv(lane, below);
      if (below * mode.size != 64)
        digit = emit.urem(digit, mode.size);
      Value part = emit.mul(digit, step);
      sum = sum ? emit.add(sum, part) : part;
    }
    below *= mode.size;
  }
  return sum ? sum : emit.i32(0);
}

LaneCorner mlir::pa::laneCorner(const Emitter &emit, const KernelContext &kernel, LayoutAttr layout) {
  return {laneDigits(emit, kernel.lane, layout.getLane(), /*rows=*/true),
          laneDigits(emit, kernel.lane, layout.getLane(), /*rows=*/false)};
}
