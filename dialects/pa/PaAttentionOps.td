//===- PaAttentionOps.td - what is computed -------------------------------===//
#ifndef PA_ATTENTION_OPS_TD
#define PA_ATTENTION_OPS_TD

include "dialects/pa/PaTypes.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Pa_Float16 : AnyTypeOf<[BF16, F16]>;
// [tokens, heads, head size]
def Pa_TokenTensor : MemRefRankOf<[BF16, F16], [3]>;
def Pa_LseTensor : MemRefRankOf<[F32], [2]>;
def Pa_TableTensor : MemRefRankOf<[I32], [2]>;
def Pa_LensTensor : MemRefRankOf<[I32], [1]>;

def Pa_DecodeOp : Pa_Op<"decode"> {
  let summary = "attention of a few new query tokens a sequence over a paged cache";
  let description = [{
    For each sequence `s`, query token `q` and head `h`, with `g = h / (q_heads / kv_heads)`:
    `out[s*query_tokens+q, h] = softmax_p(scale * <query[..], K[g][p]>) V[g]` over the visible keys `p` (see the
    dialect's conventions). `lse`, if given, gets the natural logarithm of the softmax's denominator.

    Shapes: `query` and `out` `[tokens, q_heads, head_size]` with `tokens = sequences * query_tokens`; `tables`
    `[sequences, pages]`; `lens` `[sequences]`; `lse` `[tokens, q_heads]`. Tokens may be any stride apart; a token's
    heads are dense.

    ```mlir
    pa.decode query(%q : memref<?x64x128xbf16>)
      cache(%kv : !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = shuffled, owner = caller>)
      tables(%t : memref<?x?xi32>) lens(%n : memref<?xi32>) scale(%scale) out(%o : memref<?x64x128xbf16>)
      {query_tokens = 1 : i64, p = #pa.p<single>}
    ```
  }];
  let arguments = (ins Arg<Pa_TokenTensor, "", [MemRead]>:$query, Pa_KvCacheType:$cache,
                       Arg<Pa_TableTensor, "", [MemRead]>:$tables, Arg<Pa_LensTensor, "", [MemRead]>:$lens, F32:$scale,
                       Arg<Pa_TokenTensor, "", [MemWrite]>:$out, Optional<Pa_LseTensor>:$lse,
                       DefaultValuedAttr<I64Attr, "1">:$query_tokens,
                       DefaultValuedAttr<Pa_ProbabilityAttr, "::mlir::pa::Probability::Single">:$p);
  let assemblyFormat = [{
    `query` `(` $query `:` type($query) `)` `cache` `(` $cache `:` type($cache) `)`
    `tables` `(` $tables `:` type($tables) `)` `lens` `(` $lens `:` type($lens) `)` `scale` `(` $scale `)`
    `out` `(` $out `:` type($out) `)` (`lse` `(` $lse^ `:` type($lse) `)`)? attr-dict
  }];
  let hasVerifier = 1;
}

def Pa_AppendOp : Pa_Op<"append"> {
  let summary = "writes new keys and values into the cache";
  let description = [{
    Token `t` goes to slot `slots[t] = page * page_size + offset`; a slot of -1 is skipped. `keys` and `values` are
    `[tokens, kv_heads, head_size]`.

    ```mlir
    pa.append keys(%k : memref<?x8x128xbf16>) values(%v : memref<?x8x128xbf16>) slots(%s : memref<?xi64>)
      cache(%kv : !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = shuffled, owner = caller>)
    ```
  }];
  let arguments = (ins Arg<Pa_TokenTensor, "", [MemRead]>:$keys, Arg<Pa_TokenTensor, "", [MemRead]>:$values,
                       Arg<MemRefRankOf<[I64], [1]>, "", [MemRead]>:$slots,
                       Arg<Pa_KvCacheType, "", [MemWrite]>:$cache);
  let assemblyFormat = [{
    `keys` `(` $keys `:` type($keys) `)` `values` `(` $values `:` type($values) `)`
    `slots` `(` $slots `:` type($slots) `)` `cache` `(` $cache `:` type($cache) `)` attr-dict
  }];
  let hasVerifier = 1;
}

def Pa_MergeStatesOp : Pa_Op<"merge_states", [AllTypesMatch<["a", "b", "out"]>,
                                             AllTypesMatch<["lseA", "lseB", "lse"]>]> {
  let summary = "merges two finished results of the same queries over different keys";
  let description = [{
    With weights `w_i = exp(lse_i - max(lse_a, lse_b))`: `out = (w_a a + w_b b) / (w_a + w_b)`, and the LSE of both.

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

def Pa_ItemsOp : Pa_Op<"items", [SingleBlock, NoTerminator]> {
  let summary = "runs its body for each (sequence, KV head), or share of one, that this workgroup has to do";
  let description = [{
    An item is the whole context of a (sequence, KV head), cut into tiles of `tile` tokens. `schedule = item`:
    workgroup `i` does item `i = sequence * heads + head`. `schedule = balanced`: all tiles of all items, in order,
    are divided into equal shares of at least `min_share` tiles, one a workgroup; a workgroup finds its own from
    `lens` and does the body once for each item that its share touches. `tile` is 0 until tiles are chosen.

    ```mlir
    pa.items lens(%lens : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16) schedule <item> do {
    ^bb0(%item: !pa.item):
      ...
    }
    ```
  }];
  let arguments = (ins Pa_LensTensor:$lens, Pa_TableTensor:$tables, I64Attr:$heads, I64Attr:$page,
                       Pa_ScheduleAttr:$schedule, DefaultValuedAttr<I64Attr, "0">:$min_share_tokens,
                       DefaultValuedAttr<I64Attr, "0">:$tile);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    `lens` `(` $lens `:` type($lens) `)` `tables` `(` $tables `:` type($tables) `)` `heads` `(` $heads `)`
    `page` `(` $page `)` `schedule` $schedule attr-dict `do` $body
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

def Pa_AttendOp : Pa_Op<"attend", [Pure]> {
  let summary = "attention of an item's rows over the item's keys, unfinished";
  let description = [{
    Each row sees the keys up to its own bound (`#pa.rows`). The result still has its maximum and its sum apart, so
    that results over different keys can be merged.

    ```mlir
    %part = pa.attend %rows, %kv, %t, %item, %scale, #pa.rows<group = 8, query_tokens = 1, padded = 16> p <single>
      : !pa.row_set<16x128xbf16>, !pa.kv_cache<...>, memref<?x?xi32> -> !pa.partial<16x128xf32>
    ```
  }];
  let arguments = (ins Pa_RowSetType:$queries, Pa_KvCacheType:$cache, Pa_TableTensor:$tables, Pa_ItemType:$item,
                       F32:$scale, Pa_RowsAttr:$rows, Pa_ProbabilityAttr:$p);
  let results = (outs Pa_PartialType:$result);
  let assemblyFormat = [{
    $queries `,` $cache `,` $tables `,` $item `,` $scale `,` $rows `p` $p attr-dict
    `:` type($queries) `,` type($cache) `,` type($tables) `->` type($result)
  }];
  let hasVerifier = 1;
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

def Pa_UnpackRowsOp : Pa_Op<"unpack_rows"> {
  let summary = "finishes a result and stores its rows where their tokens and heads belong";
  let description = [{
    Divides by the sum, rounds to the output's type, stores the used rows, and the LSE if `lse` is given.

    ```mlir
    pa.unpack_rows %part, %item, #pa.rows<...> out(%o : memref<?x64x128xbf16>) : !pa.partial<16x128xf32>
    ```
  }];
  let arguments = (ins Pa_PartialType:$result, Pa_ItemType:$item, Pa_RowsAttr:$rows,
                       Arg<Pa_TokenTensor, "", [MemWrite]>:$out, Optional<Pa_LseTensor>:$lse);
  let assemblyFormat = [{
    $result `,` $item `,` $rows `out` `(` $out `:` type($out) `)` (`lse` `(` $lse^ `:` type($lse) `)`)? attr-dict
    `:` type($result)
  }];
  let hasVerifier = 1;
}

#endif
