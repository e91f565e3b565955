// What every lowering needs of the kernel it works in: ids, arguments, LDS.
#ifndef PA_PASSES_LOWERING_KERNELCONTEXT_H
#define PA_PASSES_LOWERING_KERNELCONTEXT_H

#include "passes/Passes.h"
#include "passes/lowering/ArgBlock.h"

namespace mlir::pa {

/// Bytes of the workgroup's LDS, by use. Staging and exchange live in the loop, merging after it (behind a barrier):
/// the two share the space, and so do the shared tiles, which the loop reads. Items are apart by a barrier.
struct LdsPlan {
  int64_t stageBytes = 0;    // of a stage, a wave
  int64_t stages = 0;        // a wave
  int64_t exchangeBytes = 0; // a wave
  int64_t relayBytes = 0;    // a wave; takes turns with the stages
  int64_t mergeBytes = 0;    // all
  int64_t sharedBytes = 0;   // all

  int64_t exchangeStart() const { return std::max(stages * stageBytes, relayBytes); } // in a wave's part
  int64_t perWave() const { return exchangeStart() + exchangeBytes; }
  int64_t sharedStart(int64_t waves) const { return waves * perWave(); }
  int64_t total(int64_t waves) const { return std::max(sharedStart(waves) + sharedBytes, mergeBytes); }
};

/// Bytes of the wave's exchange buffer that converting a tile's layout takes on this target, 0 if none.
int64_t exchangeBytes(TileType from, TileType to, TargetAttr target);

/// The kernel being lowered. The values dominate its whole body.
struct KernelContext {
  TargetAttr target;
  Value argBlock;    // !llvm.ptr<4>
  Value thread;      // i32, in the workgroup
  Value lane;        // i32
  Value wave;        // i32, uniform
  Value workgroup;   // i32, uniform
  StringRef ldsName; // the LDS array's symbol
  bool windowed;     // whether an item may begin inside of its sequence
  bool fixedParts;   // whether its parts are the same in any batch
  bool scarce;       // whether what follows from the lane's id is better computed twice than held in a register
  LdsPlan lds;

  int64_t waves() const { return target.getWavesPerWorkgroup(); }
  /// The same kernel seen from code that runs once an item: what it computes from ids and arguments stays there, and
  /// no register holds it through the loop over tiles.
  KernelContext outsideTiles(const struct Emitter &emit) const;
};

//===-- small builders ----------------------------------------------------===//

/// An insertion point and a location: the lowerings' short hand for LLVM-level code.
struct Emitter {
  OpBuilder &builder;
  Location loc;

  Value i32(int64_t value) const;
  Value i64(int64_t value) const;
  Value f32(double value) const;
  Value add(Value a, Value b) const;
  Value add(Value a, int64_t b) const;
  Value sub(Value a, Value b) const;
  Value mul(Value a, Value b) const;
  Value mul(Value a, int64_t b) const;
  Value udiv(Value a, Value b) const;
  Value udiv(Value a, int64_t b) const;
  Value urem(Value a, int64_t b) const;
  Value minS(Value a, Value b) const;
  Value maxS(Value a, Value b) const;
  Value less(Value a, Value b) const; // signed
  Value equal(Value a, int64_t b) const;
  Value select(Value condition, Value a, Value b) const;
  Value zext(Value value) const; // i32 to i64
  Value sext(Value value) const;
  Value bitcast(Value value, Type type) const;
  Value extract(Value vector, int64_t index) const;
  Value fromElements(ValueRange elements) const;
  Value offset(Value pointer, Value bytes) const;
  Value offset(Value pointer, int64_t bytes) const;
  Value load(Type type, Value pointer, unsigned alignment, bool nontemporal = false) const;
  void store(Value value, Value pointer, unsigned alignment) const;
  Value exp2(Value value) const;
  /// A vector as its 32-bit words, and back.
  SmallVector<Value> words(Value vector) const;
  Value fromWords(ArrayRef<Value> words, Type vectorType) const;
  /// The same value, of which LLVM knows nothing: what is computed from it is neither moved out of loops nor shared
  /// with other places. Registers are dearer than a few instructions outside of the loop over tiles.
  Value opaque(Value value, bool uniform = false) const;
  /// The same value, not known before `earlier` is.
  Value after(Value value, Value earlier) const;
  /// The lane's id counted anew, so that no register holds it in the meantime.
  Value countLane() const;
  /// The f32 of the lane whose id differs from `lane`, this one's, by the bit `distance`.
  Value partner(Value value, Value lane, int64_t distance) const;
  /// Lane `source` of each 16 lanes, in all of them (DPP row_newbcast); a value of 32 or 64 bits.
  Value broadcast(Value value, int64_t source) const;
  /// All lanes' value of lane 0, as a uniform value.
  Value uniform(Value value) const;
  void barrier() const;
  void fence(LLVM::AtomicOrdering ordering, StringRef scope) const;
};

Value loadArg(const Emitter &emit, const KernelContext &kernel, const ArgField &field);
Type argType(MLIRContext *context, ArgKind kind);

/// The pointer into LDS at `bytes` from its start.
Value ldsPointer(const Emitter &emit, const KernelContext &kernel, Value bytes);
/// The start of this wave's part of LDS.
Value waveLds(const Emitter &emit, const KernelContext &kernel);

//===-- tiles in registers ------------------------------------------------===//

/// A register of 16 bytes a lane of all lanes, side by side in memory.
constexpr int64_t registerBytes = 64 * 16;
/// All registers of a tile, one behind the other: copies of an element in several lanes count.
int64_t fragmentBytes(TileType tile);

/// A register of a tile: vector of its elements, or a scalar if there is one only.
Type registerType(TileType tile);

/// (row, column) of this lane's corner of a tile: what its lane digits say.
struct LaneCorner {
  Value row, col;
};
LaneCorner laneCorner(const Emitter &emit, const KernelContext &kernel, LayoutAttr layout);
Value laneDigits(const Emitter &emit, Value lane, ArrayRef<Mode> modes, bool rows);

//===-- items -------------------------------------------------------------===//

/// What !pa.item becomes, in this order; all uniform i32.
struct ItemValues {
  Value head;               // KV head
  Value context;            // tokens, the new ones counted
  Value queryTokens;        // of the sequence
  Value firstToken;         // of the sequence's queries, among all
  Value firstRow;           // of the item's share of the rows
  Value firstTile, endTile; // of the item's part of the context
  Value owner, parts, part; // the workgroup that has the item's first part, how many there are, and which is ours
  Value table;              // where the sequence's pages start in the tables, in entries
  Value firstKey;           // that a row of the sequence sees

  static constexpr int64_t count = 12;
  static ItemValues from(ValueRange values);
  SmallVector<Value> values() const {
    return {head, context, queryTokens, firstToken, firstRow, firstTile, endTile, owner, parts, part, table, firstKey};
  }
};

/// What !pa.kv_cache becomes: for keys and for values the pointer, and the strides of pages, heads and tokens in bytes.
struct CacheValues {
  Value pointer, pageStride, headStride, tokenStride;
  static CacheValues from(ValueRange values, KvKind kind);
};

/// Bytes of one part in the workspace: for each block of rows its values, then maximum and sum of each lane.
int64_t slotBytes(TypeRange mergeTiles);

} // namespace mlir::pa

#endif
