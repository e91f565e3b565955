// pa-double-buffer-lds: see Passes.td.
#include "passes/Passes.h"
#include "passes/TileLayouts.h"

namespace mlir::pa {
#define GEN_PASS_DEF_PADOUBLEBUFFERLDS
#include "passes/Passes.h.inc"

namespace {

/// Writes run `stages` blocks of 16 tokens ahead of reads: a stage is written again only after it was read.
void stage(ConvertLayoutOp op, int64_t stages) {
  OpBuilder builder(op);
  Location loc = op.getLoc();
  TileType type = op.getResult().getType();
  TileLayouts layouts{op.getContext(), type.getCols(), 128 / type.getElementType().getIntOrFloatBitWidth()};
  auto blockType =
      TileType::get(op.getContext(), 16, type.getCols(), type.getElementType(), layouts.keyBlockOperand());
  int64_t blocks = type.getRows() / 16;
  auto write = [&](int64_t block) {
    StageWriteOp::create(builder, loc, op.getSource(), block, block % stages);
  };
  for (int64_t block = 0; block < std::min(stages, blocks); ++block)
    write(block);
  SmallVector<Value> read;
  for (int64_t block = 0; block < blocks; ++block) {
    read.push_back(StageReadOp::create(builder, loc, blockType, block % stages));
    if (block + stages < blocks)
      write(block + stages);
  }
  op.replaceAllUsesWith(ConcatOp::create(builder, loc, type, read).getResult());
  op.erase();
}

struct DoubleBufferLds : impl::PaDoubleBufferLdsBase<DoubleBufferLds> {
  using PaDoubleBufferLdsBase::PaDoubleBufferLdsBase;

  void runOnOperation() override {
    if (stages < 1 || stages > 4) {
      getOperation().emitError() << "stages is 1 to 4, got " << stages;
      return signalPassFailure();
    }
    getOperation().walk([&](ConvertLayoutOp op) {
      if (isRowsToOperand(op.getSource().getType(), op.getResult().getType()))
        stage(op, stages);
    });
  }
};

} // namespace
} // namespace mlir::pa
