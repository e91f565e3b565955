// Kernels that move rows and pages of a cache: what they have in common. One op is one kernel, written straight.
#ifndef PA_PASSES_LOWERING_CACHE_CACHEKERNEL_H
#define PA_PASSES_LOWERING_CACHE_CACHEKERNEL_H

#include "passes/lowering/cache/CacheAddress.h"

namespace mlir::pa {

constexpr int64_t cacheKernelThreads = 256;

/// The kernel being written; its builder stands in the body.
struct CacheKernel {
  OpBuilder &builder;
  KernelContext context;
  Location loc;

  Emitter emit() const { return {builder, loc}; }
  Value load(const ArgField &field) const { return loadArg(emit(), context, field); }
  /// Writes `body` where `condition` holds; the builder then stands behind it.
  void when(Value condition, function_ref<void()> body) const;
  /// Elements of `type` there where the condition holds, zeros elsewhere.
  Value loadWhere(Value condition, Type type, function_ref<Value()> pointer) const;
  Value compare(arith::CmpIPredicate predicate, Value a, Value b) const;
  /// `index` into the word at `field`, if there is one and its number is the lowest of all that are noted.
  void noteLowest(const ArgField &field, Value index) const;
};

/// Threads side by side do pieces of a row (a token's head), whole rows to a wave.
struct RowPieces {
  RowPieces(int64_t pieces) : pieces(pieces), lanes(static_cast<int64_t>(llvm::PowerOf2Ceil(pieces))) {}
  int64_t pieces, lanes;
  int64_t rows() const { return cacheKernelThreads / lanes; }
};

/// Which row and piece of it this thread does.
struct RowPlace {
  Value token, head, piece; // i32
};
RowPlace rowPlace(const CacheKernel &kernel, const RowPieces &pieces, int64_t heads);

/// How a kernel of ours is launched: see docs/cache-kernels.md.
DictionaryAttr launchByRows(OpBuilder &builder, const RowPieces &pieces);
DictionaryAttr launchByPairs(OpBuilder &builder, int64_t workgroups);

/// Writes the body of an op's kernel; returns how it is launched.
DictionaryAttr writeKernel(AppendOp op, const CacheKernel &kernel);
DictionaryAttr writeKernel(CopyPagesOp op, const CacheKernel &kernel);
DictionaryAttr writeKernel(MergeStatesOp op, const CacheKernel &kernel);

/// `convert-pa-cache-to-rocdl`: each function of a module that has one of these ops, and nothing else, becomes a kernel
/// with an argument block of its own (runtime/include/pa/append_abi.h, merge_abi.h), in a gpu.module of its own.
std::unique_ptr<Pass> createConvertPaCacheToROCDL();

} // namespace mlir::pa

#endif
