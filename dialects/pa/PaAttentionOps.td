//===- PaAttentionOps.td - what is computed -------------------------------===//
#ifndef PA_ATTENTION_OPS_TD
#define PA_ATTENTION_OPS_TD

include "dialects/pa/PaTypes.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Pa_Float16 : AnyTypeOf<[BF16, F16]>;
// [tokens, heads, head size]
def Pa_TokenTensor : MemRefRankOf<[BF16, F16], [3]>;
def Pa_OutputTensor : MemRefRankOf<[BF16, F16, F8E4M3FN, F8E4M3FNUZ], [3]>;
def Pa_LseTensor : MemRefRankOf<[F32], [2]>;
// [sequences, pages], or the pages of all sequences one after the other
def Pa_TableTensor : MemRefRankOf<[I32], [1, 2]>;
// [sequences], or [sequences + 1] of where each starts
def Pa_LensTensor : MemRefRankOf<[I32], [1]>;
// [1], [heads], [pages, heads] or [pages, heads, page]
def Pa_ScaleTensor : MemRefRankOf<[F32], [1, 2, 3]>;
// [query heads]
def Pa_HeadTensor : MemRefRankOf<[F32], [1]>;

def Pa_DecodeOp : Pa_Op<"decode", [AttrSizedOperandSegments]> {
  let summary = "attention of a few new query tokens a sequence over a paged cache";
  let description = [{
    For each sequence `s`, query token `q` and head `h`, with `g = h / (q_heads / kv_heads)`:
    `out[s*query_tokens+q, h] = softmax_p(score(scale * <query[..], K[g][p]>)) V[g]` over the visible keys `p` (see the
    dialect's conventions). `lse`, if given, gets the natural logarithm of the softmax's denominator.

    Shapes: `query` `[tokens, q_heads, head_size]`, `out` `[tokens, q_heads, value_head_size]` with `tokens = sequences *
    query_tokens`; `tables` `[sequences, pages]`; `lens` `[sequences]`; `lse` `[tokens, q_heads]`. Tokens may be any stride
    apart; a token's heads are dense. Optional operands:

    | operand | shape | meaning |
    |---|---|---|
    | `scales` | by the cache's type | of keys and of values, exactly if the cache's type has scales |
    | `query_starts` | `[sequences + 1]` | sequence `s` has the tokens `starts[s]` up to `starts[s+1]`; `query_tokens` is the most |
    | `page_starts` | `[sequences + 1]` | `tables` is one list of pages, of which sequence `s` has those from `starts[s]`; `lens` is how many tokens its last page has |
    | `soft_cap` | number | `s` becomes `soft_cap * tanh(s / soft_cap)` |
    | `alibi` | `[q_heads]` | `slope * (key position - the token's own position)` is added |
    | `sinks` | `[q_heads]` | `exp(sink)` joins the softmax's sum, and so the LSE |
    | `out_scale` | number | an 8-bit `out` holds the result divided by it, saturated |

    `window = w` lets a token see the last `w` keys only, its own included. The `score` region gets a score (scaled, capped
    and biased already), the query's and the key's position and the query head, and yields what takes its place; it may use
    numbers and one-dimensional tensors from outside. `products = fp8` multiplies an FP8 cache as it is: each row of the query
    is rounded to its format, over the least power of two that brings the row's largest element within the format, and
    weights are, times a power of two. Scales of values by token or page are positive.

    ```mlir
    pa.decode query(%q : memref<?x64x128xbf16>)
      cache(%kv : !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = shuffled, owner = caller>)
      tables(%t : memref<?x?xi32>) lens(%n : memref<?xi32>) scale(%scale) out(%o : memref<?x64x128xbf16>)
      {query_tokens = 1 : i64, p = #pa.p<single>}
    ```
  }];
  let arguments = (ins Arg<Pa_TokenTensor, "", [MemRead]>:$query, Pa_KvCacheType:$cache,
                       Arg<Pa_TableTensor, "", [MemRead]>:$tables, Arg<Pa_LensTensor, "", [MemRead]>:$lens, F32:$scale,
                       Arg<Pa_OutputTensor, "", [MemWrite]>:$out, Optional<Pa_LseTensor>:$lse,
                       Optional<Pa_ScaleTensor>:$key_scales, Optional<Pa_ScaleTensor>:$value_scales,
                       Optional<Pa_LensTensor>:$query_starts, Optional<Pa_LensTensor>:$page_starts,
                       Optional<F32>:$soft_cap, Optional<Pa_HeadTensor>:$alibi, Optional<Pa_HeadTensor>:$sinks,
                       Optional<F32>:$out_scale,
                       DefaultValuedAttr<I64Attr, "1">:$query_tokens,
                       DefaultValuedAttr<Pa_ProbabilityAttr, "::mlir::pa::Probability::Single">:$p,
                       DefaultValuedAttr<Pa_ProductsAttr, "::mlir::pa::Products::Wide">:$products,
                       DefaultValuedAttr<Pa_MaskAttr, "::mlir::pa::Mask::Causal">:$mask,
                       DefaultValuedAttr<I64Attr, "0">:$window);
  let regions = (region MaxSizedRegion<1>:$score);
  let assemblyFormat = [{
    `query` `(` $query `:` type($query) `)` `cache` `(` $cache `:` type($cache) `)`
    `tables` `(` $tables `:` type($tables) `)` `lens` `(` $lens `:` type($lens) `)` `scale` `(` $scale `)`
    `out` `(` $out `:` type($out) `)` (`lse` `(` $lse^ `:` type($lse) `)`)?
    (`scales` `(` $key_scales^ `,` $value_scales `:` type($key_scales) `,` type($value_scales) `)`)?
    (`query_starts` `(` $query_starts^ `:` type($query_starts) `)`)?
    (`page_starts` `(` $page_starts^ `:` type($page_starts) `)`)?
    (`soft_cap` `(` $soft_cap^ `)`)? (`alibi` `(` $alibi^ `:` type($alibi) `)`)? (`sinks` `(` $sinks^ `:` type($sinks) `)`)?
    (`out_scale` `(` $out_scale^ `)`)? attr-dict (`score` $score^)?
  }];
  let hasVerifier = 1;
  let hasRegionVerifier = 1;
  let extraClassDeclaration = [{
    int64_t group() {
      return cast<MemRefType>(getQuery().getType()).getDimSize(1) / getCache().getType().getHeads();
    }
  }];
}

def Pa_YieldScoreOp : Pa_Op<"yield_score", [Pure, Terminator, ReturnLike,
                                            ParentOneOf<["DecodeOp", "AttendOp", "MapScoresOp"]>]> {
  let summary = "ends a score region";
  let description = [{
    ```mlir
    pa.yield_score %s
    ```
  }];
  let arguments = (ins F32:$score);
  let assemblyFormat = "$score attr-dict";
}

def Pa_AppendOp : Pa_Op<"append", [AttrSizedOperandSegments]> {
  let summary = "writes new keys and values into the cache";
  let description = [{
    Token `t` goes to slot `slots[t] = page * page_size + offset`; a slot of -1 is skipped, and one outside of the cache
    is not written but reported (`docs/cache-kernels.md`). `keys` and `values` are `[tokens, kv_heads, head_size]`. Two
    tokens of one launch have different slots.

    A cache of 16 bits an element takes what is given. One of 8 bits holds `value / scale`, rounded to nearest even and
    saturated; a NaN stays one, and is 0 in int8. Scales by tensor, head and page are read from `scales`. Those by token are
    made here and stored there: the largest magnitude of the token's head over the type's largest finite number, 1 if it
    is 0. `scales` are there exactly if the cache's type has some.

    ```mlir
    pa.append keys(%k : memref<?x8x128xbf16>) values(%v : memref<?x8x128xbf16>) slots(%s : memref<?xi64>)
      cache(%kv : !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = shuffled, owner = caller>)
    ```
  }];
  let arguments = (ins Arg<Pa_TokenTensor, "", [MemRead]>:$keys, Arg<Pa_TokenTensor, "", [MemRead]>:$values,
                       Arg<MemRefRankOf<[I64], [1]>, "", [MemRead]>:$slots,
                       Arg<Pa_KvCacheType, "", [MemWrite]>:$cache,
                       Arg<Optional<Pa_ScaleTensor>, "", [MemRead, MemWrite]>:$key_scales,
                       Arg<Optional<Pa_ScaleTensor>, "", [MemRead, MemWrite]>:$value_scales);
  let assemblyFormat = [{
    `keys` `(` $keys `:` type($keys) `)` `values` `(` $values `:` type($values) `)`
    `slots` `(` $slots `:` type($slots) `)` `cache` `(` $cache `:` type($cache) `)`
    (`scales` `(` $key_scales^ `,` $value_scales `:` type($key_scales) `,` type($value_scales) `)`)? attr-dict
  }];
  let hasVerifier = 1;
}

def Pa_CopyPagesOp : Pa_Op<"copy_pages", [AttrSizedOperandSegments]> {
  let summary = "copies pages inside of a cache, or into one of another layout";
  let description = [{
    Page `pairs[i][0]` of the source goes to page `pairs[i][1]` of the target; without `pairs`, page `i` goes to page `i`.
    Source and target are caches of the same heads, head sizes, page and kind of scales, each with its own layout and
    strides: a whole cache is converted from one layout to another so. They may be one cache; a page that is a target is
    then no other pair's source or target.

    Scales by token and by page go along: `scales` are those of the source's keys and values, then the target's.

    The FP8 formats may differ, if there are scales. From f8E4M3FN to f8E4M3FNUZ the codes' numbers are halved and the
    scales doubled, which is exact; by tensor and head the caller's scales of the target are twice those of the source.
    From f8E4M3FNUZ to f8E4M3FN scales stay as they are, and numbers below 2^-6 are rounded to nearest even.

    ```mlir
    pa.copy_pages from(%a : !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = nhd, owner = caller>)
      to(%b : !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = shuffled, owner = caller>)
      pairs(%p : memref<?x2xi64>)
    ```
  }];
  let arguments = (ins Arg<Pa_KvCacheType, "", [MemRead]>:$source, Arg<Pa_KvCacheType, "", [MemWrite]>:$target,
                       Arg<Optional<MemRefRankOf<[I64], [2]>>, "", [MemRead]>:$pairs,
                       Arg<Variadic<Pa_ScaleTensor>, "", [MemRead, MemWrite]>:$scales);
  let assemblyFormat = [{
    `from` `(` $source `:` type($source) `)` `to` `(` $target `:` type($target) `)`
    (`pairs` `(` $pairs^ `:` type($pairs) `)`)? (`scales` `(` $scales^ `:` type($scales) `)`)? attr-dict
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// Whether scales belong to pages, and go with them.
    bool scalesOfPages() {
      ::mlir::pa::Scales scales = getSource().getType().getScales();
      return scales == ::mlir::pa::Scales::Token || scales == ::mlir::pa::Scales::Page;
    }
  }];
}

def Pa_MergeStatesOp : Pa_Op<"merge_states", [AllTypesMatch<["a", "b", "out"]>,
                                             AllTypesMatch<["lseA", "lseB", "lse"]>]> {
  let summary = "merges two finished results of the same queries over different keys";
  let description = [{
    With weights `w_i = exp(lse_i - max(lse_a, lse_b))`: `out = (w_a a + w_b b) / (w_a + w_b)`, and the LSE of both,
    `max(lse_a, lse_b) + log(w_a + w_b)`. A side whose LSE is `-inf` saw no key: the result is the other one, whatever
    stands in its values; if both are, zeros and `-inf`. `out` and `lse` may be one of the sides.

    ```mlir
    pa.merge_states %a, %lse_a, %b, %lse_b into %out, %lse : memref<?x64x128xbf16>, memref<?x64xf32>
    ```
  }];
  let arguments = (ins Pa_TokenTensor:$a, Pa_LseTensor:$lseA, Pa_TokenTensor:$b, Pa_LseTensor:$lseB,
                       Arg<Pa_TokenTensor, "", [MemWrite]>:$out, Arg<Pa_LseTensor, "", [MemWrite]>:$lse);
  let assemblyFormat = [{
    $a `,` $lseA `,` $b `,` $lseB `into` $out `,` $lse attr-dict `:` type($out) `,` type($lse)
  }];
  let hasVerifier = 1;
}

def Pa_ItemsOp : Pa_Op<"items", [SingleBlock, NoTerminator, AttrSizedOperandSegments]> {
  let summary = "runs its body for each (sequence, KV head), or share of one, that this workgroup has to do";
  let description = [{
    An item is the context of a (sequence, KV head, share of its rows), cut into tiles of `tile` tokens; tiles that no row
    sees because of the `window` are left out. `schedule = item`: workgroup `i` does item
    `i = (sequence * heads + head) * shares + share`. `schedule = balanced`: all tiles of all items, in order, are divided
    into equal parts of at least `min_share_tokens`, one a workgroup; a workgroup finds its own from `lens` and does the
    body once for each item that its part touches. `schedule = fixed`: an item's tiles are cut into parts of `part_tokens`
    tokens first, or of as many times that as make 32 parts of it (`mostParts`), and the parts are divided; a workgroup
    does the body once for each part. So what is added up in which order depends on the item alone. `tile` is 0 until tiles
    are chosen. `query_starts` and `page_starts` are `pa.decode`'s.

    ```mlir
    pa.items lens(%lens : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16) rows(#pa.rows<...>) schedule <item>
    do {
    ^bb0(%item: !pa.item):
      ...
    }
    ```
  }];
  let arguments = (ins Pa_LensTensor:$lens, Pa_TableTensor:$tables, Optional<Pa_LensTensor>:$query_starts,
                       Optional<Pa_LensTensor>:$page_starts, I64Attr:$heads, I64Attr:$page, Pa_RowsAttr:$rows,
                       Pa_ScheduleAttr:$schedule, DefaultValuedAttr<I64Attr, "0">:$min_share_tokens,
                       DefaultValuedAttr<I64Attr, "0">:$part_tokens,
                       DefaultValuedAttr<I64Attr, "0">:$tile, DefaultValuedAttr<I64Attr, "0">:$window);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    `lens` `(` $lens `:` type($lens) `)` `tables` `(` $tables `:` type($tables) `)`
    (`query_starts` `(` $query_starts^ `:` type($query_starts) `)`)?
    (`page_starts` `(` $page_starts^ `:` type($page_starts) `)`)?
    `heads` `(` $heads `)` `page` `(` $page `)` `rows` `(` $rows `)` `schedule` $schedule attr-dict `do` $body
  }];
  let extraClassDeclaration = [{
    /// Parts of an item with schedule <fixed>, at the most: the workspace holds as many a workgroup.
    static constexpr int64_t mostParts = 32;
  }];
  let hasVerifier = 1;
  let hasRegionVerifier = 1;
}

def Pa_PackRowsOp : Pa_Op<"pack_rows"> {
  let summary = "packs the queries of an item into rows";
  let description = [{
    ```mlir
    %rows = pa.pack_rows %q, %item, #pa.rows<group = 8, query_tokens = 1, padded = 16>
      : memref<?x64x128xbf16> -> !pa.row_set<16x128xbf16>
    ```
  }];
  let arguments = (ins Arg<Pa_TokenTensor, "", [MemRead]>:$query, Pa_ItemType:$item, Pa_RowsAttr:$rows);
  let results = (outs Pa_RowSetType:$result);
  let assemblyFormat = "$query `,` $item `,` $rows attr-dict `:` type($query) `->` type($result)";
  let hasVerifier = 1;
}

def Pa_AttendOp : Pa_Op<"attend", [RecursiveMemoryEffects, AttrSizedOperandSegments]> {
  let summary = "attention of an item's rows over the item's keys, unfinished";
  let description = [{
    Each row sees the keys up to its own bound (`#pa.rows`), or all of them (`mask`), and of those the last `window`. The
    `score` region is `pa.decode`'s, with soft-cap and ALiBi in it. The result still has its maximum and its sum apart, so
    that results over different keys can be merged. Scales of keys are applied; of those of values, `token` and `page` are,
    and `tensor` and `head` are left to `pa.unpack_rows`.

    ```mlir
    %part = pa.attend %rows, %kv, %t, %item, %scale, #pa.rows<group = 8, query_tokens = 1, padded = 16> p <single>
      : !pa.row_set<16x128xbf16>, !pa.kv_cache<...>, memref<?x?xi32> -> !pa.partial<16x128xf32>
    ```
  }];
  let arguments = (ins Pa_RowSetType:$queries, Pa_KvCacheType:$cache, Pa_TableTensor:$tables, Pa_ItemType:$item,
                       F32:$scale, Optional<Pa_ScaleTensor>:$key_scales, Optional<Pa_ScaleTensor>:$value_scales,
                       Pa_RowsAttr:$rows, Pa_ProbabilityAttr:$p,
                       DefaultValuedAttr<Pa_ProductsAttr, "::mlir::pa::Products::Wide">:$products,
                       DefaultValuedAttr<Pa_MaskAttr, "::mlir::pa::Mask::Causal">:$mask,
                       DefaultValuedAttr<I64Attr, "0">:$window);
  let regions = (region MaxSizedRegion<1>:$score);
  let results = (outs Pa_PartialType:$result);
  let assemblyFormat = [{
    $queries `,` $cache `,` $tables `,` $item `,` $scale `,` $rows `p` $p
    (`scales` `(` $key_scales^ `,` $value_scales `:` type($key_scales) `,` type($value_scales) `)`)?
    attr-dict (`score` $score^)? `:` type($queries) `,` type($cache) `,` type($tables) `->` type($result)
  }];
  let hasVerifier = 1;
  let hasRegionVerifier = 1;
}

def Pa_MergeOp : Pa_Op<"merge", [SingleBlock, NoTerminator]> {
  let summary = "merges unfinished results, and runs its body where the merged one is";
  let description = [{
    The rule is the same at each scope: with `m = max(m_a, m_b)`, a side's weighted values and sum are scaled by
    `exp2(m_side - m)` and added. `scope = workgroup` merges the waves; the body runs in the first wave. `scope =
    launch` then merges the workgroups that share the item, if it is shared: each leaves its part in the workspace,
    the last to arrive merges them in order, and the body runs there only. The order never depends on who arrives
    when, so the bits do not either.

    At the attention level the operand is one `!pa.partial`; at the tile level the operands are, for each block of
    16 rows, the tiles of values, maximum and sum. The body's arguments have the operands' types.

    ```mlir
    pa.merge scope <launch> item(%item) (%part) : !pa.partial<16x128xf32> {
    ^bb0(%whole: !pa.partial<16x128xf32>):
      ...
    }
    ```
  }];
  let arguments = (ins Pa_MergeScopeAttr:$scope, Pa_ItemType:$item,
                       Variadic<AnyTypeOf<[Pa_PartialType, Pa_TileType]>>:$parts);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    `scope` $scope `item` `(` $item `)` `(` $parts `)` attr-dict `:` type($parts) $body
  }];
  let hasVerifier = 1;
}

def Pa_UnpackRowsOp : Pa_Op<"unpack_rows", [AttrSizedOperandSegments]> {
  let summary = "finishes a result and stores its rows where their tokens and heads belong";
  let description = [{
    Lets the row's sink join maximum and sum, divides by the sum, multiplies by `factor` (a scale of the values, and one
    over the output's), rounds to the output's type, stores the used rows, and the LSE if `lse` is given.

    ```mlir
    pa.unpack_rows %part, %item, #pa.rows<...> out(%o : memref<?x64x128xbf16>) : !pa.partial<16x128xf32>
    ```
  }];
  let arguments = (ins Pa_PartialType:$result, Pa_ItemType:$item, Pa_RowsAttr:$rows,
                       Arg<Pa_OutputTensor, "", [MemWrite]>:$out, Optional<Pa_LseTensor>:$lse,
                       Optional<Pa_HeadTensor>:$sinks, Optional<F32>:$factor);
  let assemblyFormat = [{
    $result `,` $item `,` $rows `out` `(` $out `:` type($out) `)` (`lse` `(` $lse^ `:` type($lse) `)`)?
    (`sinks` `(` $sinks^ `:` type($sinks) `)`)? (`factor` `(` $factor^ `)`)? attr-dict `:` type($result)
  }];
  let hasVerifier = 1;
}

def Pa_ItemScaleOp : Pa_Op<"item_scale"> {
  let summary = "the scale of an item's KV head, or of the whole cache";
  let description = [{
    `scales` is `[heads]`, or `[1]`.

    ```mlir
    %k = pa.item_scale %scales, %item <key> : memref<8xf32>
    ```
  }];
  let arguments = (ins Arg<Pa_HeadTensor, "", [MemRead]>:$scales, Pa_ItemType:$item, Pa_KvKindAttr:$kind);
  let results = (outs F32:$result);
  let assemblyFormat = "$scales `,` $item $kind attr-dict `:` type($scales)";
}

#endif
