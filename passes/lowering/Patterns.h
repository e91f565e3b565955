// The lowerings, by idea; each file adds its patterns here.
#ifndef PA_PASSES_LOWERING_PATTERNS_H
#define PA_PASSES_LOWERING_PATTERNS_H

#include "passes/lowering/KernelContext.h"

#include "mlir/Transforms/DialectConversion.h"

namespace mlir::pa {

/// A lowering of one op: knows the kernel, and has a tile as the list of its registers.
template <typename OpT> struct Lowering : OpConversionPattern<OpT> {
  Lowering(const TypeConverter &converter, MLIRContext *context, const KernelContext &kernel)
      : OpConversionPattern<OpT>(converter, context), kernel(kernel) {}
  using Adaptor = typename OpConversionPattern<OpT>::OneToNOpAdaptor;
  const KernelContext &kernel;
};

void addItemLowerings(RewritePatternSet &patterns, const TypeConverter &converter, const KernelContext &kernel);
void addLoadLowerings(RewritePatternSet &patterns, const TypeConverter &converter, const KernelContext &kernel);
void addDotLowerings(RewritePatternSet &patterns, const TypeConverter &converter, const KernelContext &kernel);
void addFp8ProductLowerings(RewritePatternSet &patterns, const TypeConverter &converter, const KernelContext &kernel);
void addScoreLowerings(RewritePatternSet &patterns, const TypeConverter &converter, const KernelContext &kernel);
void addSoftmaxLowerings(RewritePatternSet &patterns, const TypeConverter &converter, const KernelContext &kernel);
void addConvertLayoutLowerings(RewritePatternSet &patterns, const TypeConverter &converter,
                               const KernelContext &kernel);
void addSharedLowerings(RewritePatternSet &patterns, const TypeConverter &converter, const KernelContext &kernel);
void addStagingLowerings(RewritePatternSet &patterns, const TypeConverter &converter, const KernelContext &kernel);
void addMergeLowerings(RewritePatternSet &patterns, const TypeConverter &converter, const KernelContext &kernel);
void addRowLowerings(RewritePatternSet &patterns, const TypeConverter &converter, const KernelContext &kernel);

} // namespace mlir::pa

#endif
