//===- PaTileOps.td - how a workgroup does it -----------------------------===//
#ifndef PA_TILE_OPS_TD
#define PA_TILE_OPS_TD

include "dialects/pa/PaAttentionOps.td"
include "mlir/Interfaces/InferTypeOpInterface.td"

def Pa_WaveTilesOp : Pa_Op<"wave_tiles", [Pure]> {
  let summary = "which tiles of the item are this wave's";
  let description = [{
    Waves take turns: a wave has the tiles `first + i * step`, `0 <= i < count`. Tiles past the context are nobody's.

    ```mlir
    %first, %count = pa.wave_tiles %item step(4)
    ```
  }];
  let arguments = (ins Pa_ItemType:$item, I64Attr:$step);
  let results = (outs I32:$first, I32:$count);
  let assemblyFormat = "$item `step` `(` $step `)` attr-dict";
  let hasVerifier = 1;
}

def Pa_RowBoundsOp : Pa_Op<"row_bounds", [Pure]> {
  let summary = "how many keys each row of a block of 16 may see";
  let description = [{
    Row `r` of the item sees the first `context - query_tokens + r / group + 1` keys, all of them with `mask = none`; an
    empty row sees as many as the last token does. What `context`, `query_tokens` and the first row are is the item's.

    ```mlir
    %b = pa.row_bounds %item, #pa.rows<group = 8, query_tokens = 2, padded = 16> block(0) : !pa.tile<1x16xi32, #row>
    ```
  }];
  let arguments = (ins Pa_ItemType:$item, Pa_RowsAttr:$rows, I64Attr:$block,
                       DefaultValuedAttr<Pa_MaskAttr, "::mlir::pa::Mask::Causal">:$mask);
  let results = (outs Pa_TileType:$result);
  let assemblyFormat = "$item `,` $rows `block` `(` $block `)` attr-dict `:` type($result)";
  let hasVerifier = 1;
}

def Pa_RowPositionsOp : Pa_Op<"row_positions", [Pure]> {
  let summary = "the position of each row's own token in its sequence, for a block of 16 rows";
  let description = [{
    ```mlir
    %p = pa.row_positions %item, #pa.rows<group = 8, query_tokens = 2, padded = 16> block(0) : !pa.tile<1x16xi32, #row>
    ```
  }];
  let arguments = (ins Pa_ItemType:$item, Pa_RowsAttr:$rows, I64Attr:$block);
  let results = (outs Pa_TileType:$result);
  let assemblyFormat = "$item `,` $rows `block` `(` $block `)` attr-dict `:` type($result)";
  let hasVerifier = 1;
}

def Pa_RowHeadsOp : Pa_Op<"row_heads", [Pure]> {
  let summary = "the query head of each row of a block of 16, among all query heads";
  let description = [{
    ```mlir
    %h = pa.row_heads %item, #pa.rows<group = 8, query_tokens = 2, padded = 16> block(0) : !pa.tile<1x16xi32, #row>
    ```
  }];
  let arguments = (ins Pa_ItemType:$item, Pa_RowsAttr:$rows, I64Attr:$block);
  let results = (outs Pa_TileType:$result);
  let assemblyFormat = "$item `,` $rows `block` `(` $block `)` attr-dict `:` type($result)";
  let hasVerifier = 1;
}

def Pa_LoadQueryOp : Pa_Op<"load_query"> {
  let summary = "loads a block of 16 packed query rows as a matrix operand";
  let description = [{
    Empty rows, and what the tile has beyond the head size, are zero and are not read. The rows are negated if `scale` is negative, so that the softmax can go by
    the scale's magnitude and the largest product is always the largest score.

    ```mlir
    %q = pa.load_query %query, %item, %scale, #pa.rows<...> block(0)
      : memref<?x64x128xbf16> -> !pa.tile<16x128xbf16, #q>
    ```
  }];
  let arguments = (ins Arg<Pa_TokenTensor, "", [MemRead]>:$query, Pa_ItemType:$item, F32:$scale, Pa_RowsAttr:$rows,
                       I64Attr:$block);
  let results = (outs Pa_TileType:$result);
  let assemblyFormat = [{
    $query `,` $item `,` $scale `,` $rows `block` `(` $block `)` attr-dict `:` type($query) `->` type($result)
  }];
  let hasVerifier = 1;
}

def Pa_QuantizeRowsOp : Pa_Op<"quantize_rows", [Pure]> {
  let summary = "a query's rows in FP8, each over a scale of its own";
  let description = [{
    A row's scale is the least power of two over which its largest magnitude is within the format: nothing but the code
    is rounded. Codes are rounded to nearest even; a NaN stays one, and an infinite element becomes one. Scales stand where the columns of the row's scores do.

    ```mlir
    %codes, %scales = pa.quantize_rows %q
      : !pa.tile<16x128xbf16, #q> -> !pa.tile<16x128xf8E4M3FN, #q>, !pa.tile<1x16xf32, #row>
    ```
  }];
  let arguments = (ins Pa_TileType:$source);
  let results = (outs Pa_TileType:$codes, Pa_TileType:$scales);
  let assemblyFormat = "$source attr-dict `:` type($source) `->` type($codes) `,` type($scales)";
  let hasVerifier = 1;
}

def Pa_PageIdsOp : Pa_Op<"page_ids"> {
  let summary = "looks up where a tile's tokens are";
  let description = [{
    Table entries past the last page in use are not read: a token past the end takes the place of the last one.

    ```mlir
    %ids = pa.page_ids %t, %cache, %item, %tile : memref<?x?xi32>, !pa.kv_cache<...> -> !pa.page_ids<4 x 16 of 16>
    ```
  }];
  let arguments = (ins Arg<Pa_TableTensor, "", [MemRead]>:$tables, Pa_KvCacheType:$cache, Pa_ItemType:$item,
                       I32:$tile, OptionalAttr<Pa_KvKindAttr>:$kind);
  let results = (outs Pa_PageIdsType:$result);
  let assemblyFormat = [{
    $tables `,` $cache `,` $item `,` $tile (`for` $kind^)? attr-dict `:` type($tables) `,` type($cache) `->` type($result)
  }];
  let hasVerifier = 1;
}

def Pa_LoadKvOp : Pa_Op<"load_kv"> {
  let summary = "loads a part of a tile's keys or values from its pages, 16 bytes a lane";
  let description = [{
    `part` counts parts of 4 times as many tokens as 16 bytes have elements. Keys come as tokens x dims, values as dims x
    tokens; dims beyond the head size are zero. `nontemporal` says that the bytes are read once.

    ```mlir
    %k = pa.load_kv <key> %cache, %item, %ids part(0) {nontemporal}
      : !pa.kv_cache<...>, !pa.page_ids<4 x 16 of 16> -> !pa.tile<32x128xbf16, #k>
    ```
  }];
  let arguments = (ins Pa_KvKindAttr:$kind, Arg<Pa_KvCacheType, "", [MemRead]>:$cache, Pa_ItemType:$item,
                       Pa_PageIdsType:$ids, I64Attr:$part, UnitAttr:$nontemporal);
  let results = (outs Pa_TileType:$result);
  let assemblyFormat = [{
    $kind $cache `,` $item `,` $ids `part` `(` $part `)` attr-dict `:` type($cache) `,` type($ids) `->` type($result)
  }];
  let hasVerifier = 1;
}

def Pa_ZeroPastHeadOp : Pa_Op<"zero_past_head", [Pure, AllTypesMatch<["keys", "result"]>]> {
  let summary = "zeros for what a tile of keys has beyond the head size";
  let description = [{
    A head that does not fill all lanes' registers: those beyond it load what is there already. Apart from the load, so
    that nothing waits for it.

    ```mlir
    %z = pa.zero_past_head %k, 80 : !pa.tile<32x96xbf16, #k>
    ```
  }];
  let arguments = (ins Pa_TileType:$keys, I64Attr:$head_size);
  let results = (outs Pa_TileType:$result);
  let assemblyFormat = "$keys `,` $head_size attr-dict `:` type($keys)";
  let hasVerifier = 1;
}

def Pa_LoadScalesOp : Pa_Op<"load_scales"> {
  let summary = "loads the scales of a part of a tile's keys or values";
  let description = [{
    `scales` is `[pages, heads, page]` or `[pages, heads]`, by the cache's type. The result has a token a column.

    ```mlir
    %s = pa.load_scales <key> %scales, %cache, %item, %ids part(0)
      : memref<?x8x16xf32>, !pa.kv_cache<...>, !pa.page_ids<4 x 16 of 16> -> !pa.tile<1x64xf32, #tokens>
    ```
  }];
  let arguments = (ins Pa_KvKindAttr:$kind, Arg<Pa_ScaleTensor, "", [MemRead]>:$scales, Pa_KvCacheType:$cache,
                       Pa_ItemType:$item, Pa_PageIdsType:$ids, I64Attr:$part);
  let results = (outs Pa_TileType:$result);
  let assemblyFormat = [{
    $kind $scales `,` $cache `,` $item `,` $ids `part` `(` $part `)` attr-dict
    `:` type($scales) `,` type($cache) `,` type($ids) `->` type($result)
  }];
  let hasVerifier = 1;
}

def Pa_DequantizeOp : Pa_Op<"dequantize", [Pure]> {
  let summary = "what the codes of an 8-bit tile say, exactly, in a type of 16 bits";
  let description = [{
    ```mlir
    %k = pa.dequantize %codes : !pa.tile<64x128xf8E4M3FN, #k> -> !pa.tile<64x128xbf16, #k>
    ```
  }];
  let arguments = (ins Pa_TileType:$source);
  let results = (outs Pa_TileType:$result);
  let assemblyFormat = "$source attr-dict `:` type($source) `->` type($result)";
  let hasVerifier = 1;
}

def Pa_ScaleTokensOp : Pa_Op<"scale_tokens", [Pure, AllTypesMatch<["source", "result"]>]> {
  let summary = "multiplies scores, or probabilities, by a number a token";
  let description = [{
    ```mlir
    %s1 = pa.scale_tokens %s, %scales : !pa.tile<64x16xf32, #s>, !pa.tile<1x64xf32, #tokens>
    ```
  }];
  let arguments = (ins Pa_TileType:$source, Pa_TileType:$scales);
  let results = (outs Pa_TileType:$result);
  let assemblyFormat = "$source `,` $scales attr-dict `:` type($source) `,` type($scales)";
  let hasVerifier = 1;
}

def Pa_InvertScalesOp : Pa_Op<"invert_scales", [Pure, AllTypesMatch<["source", "scales", "inverses"]>]> {
  let summary = "scales, and one over each";
  let description = [{
    Scales nearer to zero than 2^-64 count as that, so that there is an inverse.

    ```mlir
    %s, %i = pa.invert_scales %loaded : !pa.tile<1x64xf32, #tokens>
    ```
  }];
  let arguments = (ins Pa_TileType:$source);
  let results = (outs Pa_TileType:$scales, Pa_TileType:$inverses);
  let assemblyFormat = "$source attr-dict `:` type($source)";
  let hasVerifier = 1;
}

def Pa_LogScalesOp : Pa_Op<"log_scales", [Pure, AllTypesMatch<["source", "result"]>]> {
  let summary = "the logarithm of each scale, in base 2";
  let description = [{
    ```mlir
    %o = pa.log_scales %s : !pa.tile<1x64xf32, #tokens>
    ```
  }];
  let arguments = (ins Pa_TileType:$source);
  let results = (outs Pa_TileType:$result);
  let assemblyFormat = "$source attr-dict `:` type($source)";
  let hasVerifier = 1;
}

def Pa_OffsetTokensOp : Pa_Op<"offset_tokens", [Pure, AllTypesMatch<["scores", "result"]>]> {
  let summary = "scaled scores, with an offset for each token";
  let description = [{
    `scale * scores + offsets`: in base 2, a token's weight is multiplied by two to the power of its offset.

    ```mlir
    %t = pa.offset_tokens %s, %scale, %offsets : !pa.tile<64x16xf32, #s>, !pa.tile<1x64xf32, #tokens>
    ```
  }];
  let arguments = (ins Pa_TileType:$scores, F32:$scale, Pa_TileType:$offsets);
  let results = (outs Pa_TileType:$result);
  let assemblyFormat = "$scores `,` $scale `,` $offsets attr-dict `:` type($scores) `,` type($offsets)";
  let hasVerifier = 1;
}

def Pa_SumTokensOp : Pa_Op<"sum_tokens", [Pure, AllTypesMatch<["acc", "result"]>]> {
  let summary = "adds rounded weights of scaled values, each without its token's scale, to a row's sum";
  let description = [{
    Weights that had their tokens' scales in them when `exact` was rounded: the sum is of the same rounded numbers, so
    that values that are all alike come out as they are; but what is below the type's least normal number counts as it was
    before, for a token of a tiny scale may weigh much. A lane adds up its own tokens; `pa.sum_groups` brings the four
    lanes of a row together.

    ```mlir
    %l1 = pa.sum_tokens %l, %inverses, %x rounded %p
      : !pa.tile<4x16xf32, #partial>, !pa.tile<1x64xf32, #tokens>, !pa.tile<16x64xf32, #p>, !pa.tile<16x64xf16, #p>
    ```
  }];
  let arguments = (ins Pa_TileType:$acc, Pa_TileType:$inverses, Pa_TileType:$exact, Variadic<Pa_TileType>:$weights);
  let results = (outs Pa_TileType:$result);
  let assemblyFormat = [{
    $acc `,` $inverses `,` $exact `rounded` $weights attr-dict
    `:` type($acc) `,` type($inverses) `,` type($exact) `,` type($weights)
  }];
  let hasVerifier = 1;
}

def Pa_SumGroupsOp : Pa_Op<"sum_groups", [Pure]> {
  let summary = "the sum of a row's four lanes, as a product with ones leaves it";
  let description = [{
    ```mlir
    %l = pa.sum_groups %partial : !pa.tile<4x16xf32, #partial> -> !pa.tile<16x16xf32, #s16>
    ```
  }];
  let arguments = (ins Pa_TileType:$source);
  let results = (outs Pa_TileType:$result);
  let assemblyFormat = "$source attr-dict `:` type($source) `->` type($result)";
  let hasVerifier = 1;
}

def Pa_MapScoresOp : Pa_Op<"map_scores", [RecursiveMemoryEffects, AllTypesMatch<["scores", "result"]>]> {
  let summary = "a score region for each score of a tile";
  let description = [{
    The region gets the score times `scale`, the position of the row's token, the position of the key and the query head.
    The tile holds tokens as `pa.mask_scores` says.

    ```mlir
    %s1 = pa.map_scores %s by %scale at(%positions, %heads) %tile part(0) of(64)
        : !pa.tile<32x16xf32, #s>, !pa.tile<1x16xi32, #row>, !pa.tile<1x16xi32, #row> {
    ^bb0(%score: f32, %query: i32, %key: i32, %head: i32):
      pa.yield_score %score
    }
    ```
  }];
  let arguments = (ins Pa_TileType:$scores, F32:$scale, Pa_TileType:$positions, Pa_TileType:$heads, I32:$tile,
                       I64Attr:$part, I64Attr:$tile_tokens);
  let regions = (region SizedRegion<1>:$score);
  let results = (outs Pa_TileType:$result);
  let assemblyFormat = [{
    $scores `by` $scale `at` `(` $positions `,` $heads `)` $tile `part` `(` $part `)` `of` `(` $tile_tokens `)` attr-dict
    `:` type($scores) `,` type($positions) `,` type($heads) $score
  }];
  let hasVerifier = 1;
  let hasRegionVerifier = 1;
}

def Pa_FillOp : Pa_Op<"fill", [Pure]> {
  let summary = "a tile of one value";
  let description = [{
    ```mlir
    %zero = pa.fill 0.0 : !pa.tile<128x16xf32, #o>
    ```
  }];
  let arguments = (ins F64Attr:$value);
  let results = (outs Pa_TileType:$result);
  let assemblyFormat = "$value attr-dict `:` type($result)";
}

def Pa_DotOp : Pa_Op<"dot", [Pure, AllTypesMatch<["acc", "result"]>]> {
  let summary = "a matrix product: result[m, n] = acc[m, n] + sum over k of a[m, k] b[n, k]";
  let description = [{
    Both operands have the reduction axis in their columns. The verifier checks that they carry it in the same order,
    that each 16 x k piece is an operand of `mfma`, and that the accumulator's layout is the one the instruction
    leaves.

    ```mlir
    %s = pa.dot %k, %q, %zero, #pa.mfma<m = 16, n = 16, k = 16, ...>
      : !pa.tile<32x128xbf16, #k>, !pa.tile<16x128xbf16, #q>, !pa.tile<32x16xf32, #s>
    ```
  }];
  let arguments = (ins Pa_TileType:$a, Pa_TileType:$b, Pa_TileType:$acc, Pa_MfmaAttr:$mfma);
  let results = (outs Pa_TileType:$result);
  let assemblyFormat = "$a `,` $b `,` $acc `,` $mfma attr-dict `:` type($a) `,` type($b) `,` type($acc)";
  let hasVerifier = 1;
}

def Pa_MaskScoresOp : Pa_Op<"mask_scores", [Pure, AllTypesMatch<["scores", "result"]>]> {
  let summary = "minus infinity where a row may not see a key";
  let description = [{
    The tile holds tokens `tile * tile_tokens + part * rows + row`. A row sees the keys before its bound.

    ```mlir
    %m = pa.mask_scores %s, %bounds, %tile part(0) of(64) : !pa.tile<32x16xf32, #s>, !pa.tile<1x16xi32, #row>
    ```
  }];
  let arguments = (ins Pa_TileType:$scores, Pa_TileType:$bounds, I32:$tile, I64Attr:$part, I64Attr:$tile_tokens);
  let results = (outs Pa_TileType:$result);
  let assemblyFormat = [{
    $scores `,` $bounds `,` $tile `part` `(` $part `)` `of` `(` $tile_tokens `)` attr-dict
    `:` type($scores) `,` type($bounds)
  }];
  let hasVerifier = 1;
}

def Pa_MaskWindowOp : Pa_Op<"mask_window", [Pure, AllTypesMatch<["scores", "result"]>]> {
  let summary = "minus infinity where a key is before a row's window";
  let description = [{
    As `pa.mask_scores`, at the other end: a row sees the last `window` keys before its bound.

    ```mlir
    %m = pa.mask_window %s, %bounds, %tile part(0) of(64) window(128) : !pa.tile<32x16xf32, #s>, !pa.tile<1x16xi32, #row>
    ```
  }];
  let arguments = (ins Pa_TileType:$scores, Pa_TileType:$bounds, I32:$tile, I64Attr:$part, I64Attr:$tile_tokens,
                       I64Attr:$window);
  let results = (outs Pa_TileType:$result);
  let assemblyFormat = [{
    $scores `,` $bounds `,` $tile `part` `(` $part `)` `of` `(` $tile_tokens `)` `window` `(` $window `)` attr-dict
    `:` type($scores) `,` type($bounds)
  }];
  let hasVerifier = 1;
}

def Pa_ZeroPastEndOp : Pa_Op<"zero_past_end", [Pure, AllTypesMatch<["values", "result"]>]> {
  let summary = "zeros for the values of tokens past the sequence's end";
  let description = [{
    Slots past the end may hold anything, and 0 times NaN is NaN. So may those before the item's window, if it has one.

    ```mlir
    %z = pa.zero_past_end %v, %item, %tile part(1) of(64) : !pa.tile<128x32xbf16, #v>
    ```
  }];
  let arguments = (ins Pa_TileType:$values, Pa_ItemType:$item, I32:$tile, I64Attr:$part, I64Attr:$tile_tokens);
  let results = (outs Pa_TileType:$result);
  let assemblyFormat = [{
    $values `,` $item `,` $tile `part` `(` $part `)` `of` `(` $tile_tokens `)` attr-dict `:` type($values)
  }];
  let hasVerifier = 1;
}

def Pa_SoftmaxStepOp : Pa_Op<"softmax_step", [Pure,
                                              AllTypesMatch<["max", "newMax", "correction"]>]> {
  let summary = "one step of the online softmax over a tile's scores";
  let description = [{
    In base 2, with `scale` already holding log2(e): `new_max = max(max, scale * scores - exponent)` for each row,
    `probabilities = exp2(scale * scores - new_max)`, `correction = exp2(max - new_max)`. Scores are tokens x rows,
    probabilities rows x tokens: the same registers. Probabilities are at most two to the power of `exponent`.

    ```mlir
    %p0, %p1, %m1, %c = pa.softmax_step %m, %scale, %s0, %s1
      : !pa.tile<1x16xf32, #row>, (!pa.tile<32x16xf32, #s>, ...) -> (!pa.tile<16x32xf32, #p>, ...)
    ```
  }];
  let arguments = (ins Pa_TileType:$max, F32:$scale, Variadic<Pa_TileType>:$scores,
                       DefaultValuedAttr<I64Attr, "0">:$exponent);
  let results = (outs Variadic<Pa_TileType>:$probabilities, Pa_TileType:$newMax, Pa_TileType:$correction);
  let assemblyFormat = [{
    $max `,` $scale `,` $scores attr-dict `:` type($max) `,` `(` type($scores) `)` `->` `(` type($probabilities) `)`
  }];
  let hasVerifier = 1;
}

def Pa_RoundOp : Pa_Op<"round", [Pure]> {
  let summary = "rounds a tile to a narrower type, or to a high and a low part";
  let description = [{
    To nearest. With two results the second is the rounded rest: the products of both together are nearly exact. What is
    rounded to FP8 is within its range.

    ```mlir
    %h = pa.round %p : !pa.tile<16x32xf32, #p> -> !pa.tile<16x32xbf16, #p>
    ```
  }];
  let arguments = (ins Pa_TileType:$source);
  let results = (outs Variadic<Pa_TileType>:$parts);
  let assemblyFormat = "$source attr-dict `:` type($source) `->` type($parts)";
  let hasVerifier = 1;
}

def Pa_ConvertLayoutOp : Pa_Op<"convert_layout", [Pure]> {
  let summary = "the same tile in another layout";
  let description = [{
    What it costs is the lowering's: nothing where registers are only renamed, a transposition in the lane, swaps
    between lanes, or a way through LDS.

    ```mlir
    %b = pa.convert_layout %p : !pa.tile<16x32xbf16, #p> -> !pa.tile<16x32xbf16, #b>
    ```
  }];
  let arguments = (ins Pa_TileType:$source);
  let results = (outs Pa_TileType:$result);
  let assemblyFormat = "$source attr-dict `:` type($source) `->` type($result)";
  let hasVerifier = 1;
}

def Pa_StageWriteOp : Pa_Op<"stage_write", [MemoryEffects<[MemWrite]>]> {
  let summary = "writes 16 rows of a tile to a stage of the wave's LDS buffer";
  let description = [{
    The buffer is the wave's own: no barrier. Pieces of 16 bytes are swizzled by their row so that neither the write
    nor the read has bank conflicts.

    ```mlir
    pa.stage_write %rows block(0) stage(0) : !pa.tile<32x128xbf16, #rows>
    ```
  }];
  let arguments = (ins Pa_TileType:$source, I64Attr:$block, I64Attr:$stage);
  let assemblyFormat = "$source `block` `(` $block `)` `stage` `(` $stage `)` attr-dict `:` type($source)";
  let hasVerifier = 1;
}

def Pa_StageReadOp : Pa_Op<"stage_read", [MemoryEffects<[MemRead]>]> {
  let summary = "reads 16 rows from a stage of the wave's LDS buffer as a matrix operand";
  let description = [{
    ```mlir
    %k = pa.stage_read stage(0) : !pa.tile<16x128xbf16, #k16>
    ```
  }];
  let arguments = (ins I64Attr:$stage);
  let results = (outs Pa_TileType:$result);
  let assemblyFormat = "`stage` `(` $stage `)` attr-dict `:` type($result)";
  let hasVerifier = 1;
}

def Pa_RelayOp : Pa_Op<"relay", [AllTypesMatch<["source", "result"]>, MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "a loaded tile by way of the wave's LDS, each lane its own registers";
  let description = [{
    With many rows of queries, loads in flight stand in accumulation registers, which matrix and memory instructions
    reach and vector instructions do not. LLVM would copy them when they are loaded, and wait for them then; written
    to LDS and read back they are waited for when they are used.

    ```mlir
    %v = pa.relay %loaded : !pa.tile<128x32xbf16, #v>
    ```
  }];
  let arguments = (ins Pa_TileType:$source);
  let results = (outs Pa_TileType:$result);
  let assemblyFormat = "$source attr-dict `:` type($source)";
  let hasVerifier = 1;
}

def Pa_ShareOp : Pa_Op<"share", [DeclareOpInterfaceMethods<InferTypeOpInterface>]> {
  let summary = "puts tiles that all waves hold alike into the workgroup's LDS";
  let description = [{
    Waves take turns at writing a tile, and meet before any reads one: all waves of the workgroup must come here. The
    tiles live to the end of the item, where `pa.items` has the waves meet again.

    ```mlir
    %s:2 = pa.share %q0, %q1 : !pa.tile<16x128xbf16, #q>, !pa.tile<16x128xbf16, #q>
    ```
  }];
  let arguments = (ins Variadic<Pa_TileType>:$tiles);
  let results = (outs Variadic<Pa_SharedType>:$shared);
  let assemblyFormat = "$tiles attr-dict `:` type($tiles)";
}

def Pa_LoadSharedOp : Pa_Op<"load_shared", [MemoryEffects<[MemRead]>, DeclareOpInterfaceMethods<InferTypeOpInterface>]> {
  let summary = "reads a tile from the workgroup's LDS";
  let description = [{
    ```mlir
    %q = pa.load_shared %s : !pa.shared<!pa.tile<16x128xbf16, #q>>
    ```
  }];
  let arguments = (ins Pa_SharedType:$source);
  let results = (outs Pa_TileType:$result);
  let assemblyFormat = "$source attr-dict `:` type($source)";
}

def Pa_SliceOp : Pa_Op<"slice", [Pure]> {
  let summary = "some rows of a tile; registers are only renamed";
  let description = [{
    The rows from `from` on, of every `of` rows if that is said: as many as make the result's. The layout is the
    source's with these rows moved together.
    ```mlir
    %k1 = pa.slice %k from(16) : !pa.tile<64x128xf8E4M3FN, #k> -> !pa.tile<16x128xf8E4M3FN, #k16>
    %v1 = pa.slice %v from(2) of(8) : !pa.tile<128x64xf8E4M3FN, #v> -> !pa.tile<32x64xf8E4M3FN, #v2>
    ```
  }];
  let arguments = (ins Pa_TileType:$source, I64Attr:$from, OptionalAttr<I64Attr>:$of);
  let results = (outs Pa_TileType:$result);
  let assemblyFormat = [{
    $source `from` `(` $from `)` (`of` `(` $of^ `)`)? attr-dict `:` type($source) `->` type($result)
  }];
  let hasVerifier = 1;
}

def Pa_ConcatOp : Pa_Op<"concat", [Pure]> {
  let summary = "tiles one below the other; registers are only renamed";
  let description = [{
    With `of`, the rows of every `of` rows of the result are put together from the sources: what `pa.slice` takes apart.
    ```mlir
    %k = pa.concat %a, %b
      : !pa.tile<16x128xbf16, #k16>, !pa.tile<16x128xbf16, #k16> -> !pa.tile<32x128xbf16, #k>
    ```
  }];
  let arguments = (ins Variadic<Pa_TileType>:$sources, OptionalAttr<I64Attr>:$of);
  let results = (outs Pa_TileType:$result);
  let assemblyFormat = "$sources (`of` `(` $of^ `)`)? attr-dict `:` type($sources) `->` type($result)";
  let hasVerifier = 1;
}

def Pa_RescaleOp : Pa_Op<"rescale", [Pure, AllTypesMatch<["source", "result"]>]> {
  let summary = "multiplies each column (a query row) by its factor";
  let description = [{
    ```mlir
    %o1 = pa.rescale %o, %c : !pa.tile<128x16xf32, #o>, !pa.tile<1x16xf32, #row>
    ```
  }];
  let arguments = (ins Pa_TileType:$source, Pa_TileType:$factors);
  let results = (outs Pa_TileType:$result);
  let assemblyFormat = "$source `,` $factors attr-dict `:` type($source) `,` type($factors)";
  let hasVerifier = 1;
}

def Pa_MaxGrewOp : Pa_Op<"max_grew", [Pure]> {
  let summary = "whether any factor of the wave's rows is not 1";
  let description = [{
    Maxima grow seldom after the first tiles; where they did not, `pa.rescale` would multiply by 1 and can be left out
    with the same bits. The result is uniform.

    ```mlir
    %grew = pa.max_grew %c0, %c1 : !pa.tile<1x16xf32, #row>, !pa.tile<1x16xf32, #row>
    ```
  }];
  let arguments = (ins Variadic<Pa_TileType>:$factors);
  let results = (outs I1:$result);
  let assemblyFormat = "$factors attr-dict `:` type($factors)";
  let hasVerifier = 1;
}

def Pa_PinOp : Pa_Op<"pin", [MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "nothing moves across: keeps loads where they were put";
  let description = [{
    LLVM would undo a prefetch: InstCombine folds a loop-carried load into its use, and the scheduler sinks loads.

    ```mlir
    pa.pin
    ```
  }];
  let assemblyFormat = "attr-dict";
}

def Pa_AwaitOp : Pa_Op<"await", [AllTypesMatch<["source", "result"]>, MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "the ids of single tokens, or a tile: loaded or computed by here";
  let description = [{
    LLVM sinks a load whose only use is in a loop to the loop's entry, behind later loads: a wait for it then waits
    for all of those. It sinks arithmetic behind a branch to its use as well, where `pa.pin` no longer keeps it apart
    from other arithmetic, and more numbers are held than there are registers.

    ```mlir
    %here = pa.await %ids : !pa.page_ids<64, #lookup>
    %weights = pa.await %rounded : !pa.tile<16x64xf16, #p>
    ```
  }];
  let arguments = (ins AnyTypeOf<[Pa_PageIdsType, Pa_TileType]>:$source);
  let results = (outs AnyTypeOf<[Pa_PageIdsType, Pa_TileType]>:$result);
  let assemblyFormat = "$source attr-dict `:` type($source)";
}

def Pa_StoreOutputOp : Pa_Op<"store_output", [AttrSizedOperandSegments]> {
  let summary = "finishes a block of 16 rows and stores it";
  let description = [{
    `values / sum * factor`, rounded to the output's type (saturated, if that has 8 bits); rows with no visible key give
    zeros. LSE is `ln 2 * (max + log2(sum))`. A row's sink joins maximum and sum first.

    ```mlir
    pa.store_output %o, %m, %l, %item, #pa.rows<...> block(0) out(%out : memref<?x64x128xbf16>)
      : !pa.tile<128x16xf32, #o>, !pa.tile<1x16xf32, #row>, !pa.tile<16x16xf32, #s16>
    ```
  }];
  let arguments = (ins Pa_TileType:$values, Pa_TileType:$max, Pa_TileType:$sum, Pa_ItemType:$item, Pa_RowsAttr:$rows,
                       I64Attr:$block, Arg<Pa_OutputTensor, "", [MemWrite]>:$out, Optional<Pa_LseTensor>:$lse,
                       Optional<Pa_HeadTensor>:$sinks, Optional<F32>:$factor);
  let assemblyFormat = [{
    $values `,` $max `,` $sum `,` $item `,` $rows `block` `(` $block `)` `out` `(` $out `:` type($out) `)`
    (`lse` `(` $lse^ `:` type($lse) `)`)? (`sinks` `(` $sinks^ `:` type($sinks) `)`)? (`factor` `(` $factor^ `)`)?
    attr-dict `:` type($values) `,` type($max) `,` type($sum)
  }];
  let hasVerifier = 1;
}

#endif
