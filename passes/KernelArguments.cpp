#include "passes/KernelArguments.h"

#include <string>

using namespace mlir;
using namespace mlir::pa;

void mlir::pa::nameArguments(DecodeOp op) {
  auto function = op->getParentOfType<func::FuncOp>();
  Builder builder(op.getContext());
  auto name = [&](Value value, const llvm::Twine &text) {
    auto argument = dyn_cast_or_null<BlockArgument>(value);
    if (argument && argument.getOwner() == &function.getBody().front())
      function.setArgAttr(argument.getArgNumber(), argumentAttr, builder.getStringAttr(text));
  };
  name(op.getQuery(), "query");
  name(op.getCache(), "cache");
  name(op.getTables(), op.getPageStarts() ? "pages" : "tables");
  name(op.getLens(), "lens");
  name(op.getScale(), "scale");
  name(op.getOut(), "out");
  name(op.getLse(), "lse");
  name(op.getKeyScales(), "key_scales");
  name(op.getValueScales(), "value_scales");
  name(op.getQueryStarts(), "query_starts");
  name(op.getPageStarts(), "page_starts");
  name(op.getSoftCap(), "soft_cap");
  name(op.getAlibi(), "alibi");
  name(op.getSinks(), "sinks");
  name(op.getOutScale(), "out_scale");
  int64_t numbers = 0, tensors = 0;
  for (BlockArgument argument : function.getArguments()) {
    if (function.getArgAttr(argument.getArgNumber(), argumentAttr))
      continue;
    if (isa<MemRefType>(argument.getType()))
      name(argument, "score_tensors." + llvm::Twine(tensors++));
    else
      name(argument, "score_numbers." + llvm::Twine(numbers++));
  }
}
