//===- Passes.td - the passes of pa-mlir, in the order they run -----------===//
#ifndef PA_PASSES_TD
#define PA_PASSES_TD

include "mlir/Pass/PassBase.td"

def PaShuffleKvLayout : Pass<"pa-shuffle-kv-layout", "::mlir::ModuleOp"> {
  let summary = "gives a cache that the module owns the layout whose pieces are matrix operands";
  let description = [{
    A cache of type `owner = module` gets `layout = shuffled` where its page allows it (a multiple of 16 bytes' worth
    of tokens), in its readers and its writers together: the type is one for all uses in the module. A cache of the
    caller's is only checked. Optional: without the pass the layout stays as written.

    Cost: a writer stores values in 2-byte pieces, once a token; a reader saves the way through LDS for every key.

    Before: `!pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = nhd, owner = module>`
    After: `!pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = shuffled, owner = module>`
  }];
}

def PaMaskQlen : Pass<"pa-mask-qlen", "::mlir::func::FuncOp"> {
  let summary = "packs (query token, head of the group) into rows with a bound each";
  let description = [{
    Turns `pa.decode` into `pa.items` with `pa.pack_rows`, `pa.attend` and `pa.unpack_rows`: one item a (sequence,
    KV head), rows padded to the matrix instruction's 16, and `#pa.rows` saying up to which key each row sees. A KV
    tile is then loaded once for all query tokens and all heads of the group. More rows than the target's plans hold are
    cut into shares, an item each. Soft-cap and ALiBi become a score region, before the user's own.
  }];
  let dependentDialects = ["::mlir::pa::PaDialect", "::mlir::arith::ArithDialect", "::mlir::math::MathDialect",
                           "::mlir::memref::MemRefDialect"];
}

def PaSplitKv : Pass<"pa-split-kv", "::mlir::func::FuncOp"> {
  let summary = "divides the context over workgroups and merges the parts";
  let description = [{
    `pa.items` gets the balanced schedule: a persistent grid, each workgroup finding its share of all tiles on the
    device. What finishes a result moves into a `pa.merge` of scope `launch`: the last workgroup to arrive at an item
    merges its parts, in a fixed order, in the same launch. Optional: without it a workgroup walks a whole context.

    With `part-tokens` the schedule is the fixed one: contexts are cut into parts of that many tokens, and a
    workgroup's share is of parts. An item's result does not depend on the rest of the batch then, nor on the grid.

    Cost: a part of 16 rows of 128 is 8.25 KiB written and read; `min-share` bounds how many there are, or `part-tokens`.
  }];
  let options = [Option<"minShare", "min-share", "int64_t", "512", "the fewest tokens of a workgroup's share">,
                 Option<"partTokens", "part-tokens", "int64_t", "0",
                        "tokens of a part, whatever else is in the batch; 0: parts are what shares are">];
  let dependentDialects = ["::mlir::pa::PaDialect"];
}

def PaTileMfma : Pass<"pa-tile-mfma", "::mlir::func::FuncOp"> {
  let summary = "attention level to tile level: tiles, fragments and matrix instructions from the target's table";
  let description = [{
    Replaces `pa.attend` by a loop over this wave's tiles of tokens: page ids, loads, `S^T = K Q^T`, masks, the online
    softmax, `O^T = V^T P^T`. The sum of the softmax is a product with ones: it sums exactly the rounded values that
    are multiplied. Masks stand on every tile, which is right by construction. Waves split the tokens; a `pa.merge`
    brings them together at the end.

    Reads `#pa.target` of the module: the instructions, and the plan for the number of rows.
  }];
  let dependentDialects = ["::mlir::pa::PaDialect", "::mlir::scf::SCFDialect", "::mlir::arith::ArithDialect",
                           "::mlir::math::MathDialect"];
}

def PaPeelMasks : Pass<"pa-peel-masks", "::mlir::func::FuncOp"> {
  let summary = "leaves masks only on the tiles that the bounds touch";
  let description = [{
    A wave's last tile is peeled off its loop; `pa.mask_scores` and `pa.zero_past_end` stay there and leave the loop.
    Right because the bounds of an item touch at most its last `ceil((query_tokens - 1) / tile) + 1` tiles, and each
    of those is its wave's last. A wave's only tile is written a second time, apart from the loop's: with one masked
    tile behind both, the register allocator has to bring two ways there together, and spills. With a window a loop's
    first tile has slots before it: `pa.mask_window` and `pa.zero_past_end` stay in the loop for now, and a wave with one
    tile or two does without what follows: it has a loop of its own, with all masks, of which nothing is loaded ahead. Optional: saves the
    masks' instructions, and the prefetch's last load.
  }];
  let dependentDialects = ["::mlir::pa::PaDialect", "::mlir::scf::SCFDialect", "::mlir::arith::ArithDialect"];
}

def PaPrefetchKv : Pass<"pa-prefetch-kv", "::mlir::func::FuncOp"> {
  let summary = "keeps the next tile's loads in flight";
  let description = [{
    Loop-carried registers hold the current tile; each part is reloaded for the next tile right after its last use,
    with `pa.pin` around, since LLVM would otherwise fold the load into the use or sink it. The first tile is loaded
    in the block that is entered only if there is a tile. Page ids are looked up two tiles ahead. Optional: without
    it every load is waited for.
  }];
  let dependentDialects = ["::mlir::pa::PaDialect", "::mlir::scf::SCFDialect", "::mlir::arith::ArithDialect"];
}

def PaPeelWindow : Pass<"pa-peel-window", "::mlir::func::FuncOp"> {
  let summary = "leaves a window's masks only on the tiles where it begins";
  let description = [{
    A loop's first iteration, which is there where a last tile was peeled off, is written before it;
    `pa.mask_window` and `pa.zero_past_end` stay there and leave the loop. Right because the windows of an item's rows
    begin in at most its first `ceil((query_tokens - 1) / tile) + 1` tiles, and each of those is its wave's first. Runs
    behind the prefetch: the first tile loads the second one as the loop would. Optional: saves the masks'
    instructions, and registers, since values under way may wait where vector instructions do not reach them.
  }];
  let dependentDialects = ["::mlir::pa::PaDialect", "::mlir::scf::SCFDialect", "::mlir::arith::ArithDialect"];
}

def PaDoubleBufferLds : Pass<"pa-double-buffer-lds", "::mlir::func::FuncOp"> {
  let summary = "turns whole rows of keys into matrix operands through LDS";
  let description = [{
    Keys of a linear cache are loaded as whole rows; as operands, a lane needs a row's pieces. `pa.convert_layout`
    between the two becomes `pa.stage_write` and `pa.stage_read`, 16 tokens at a time, in `stages` buffers of the
    wave's own: with two, the next 16 tokens are written before the last ones are read. Optional: with one stage the
    result is the same.

    Cost: a stage is 16 rows of keys a wave, 4 KiB at head size 128. There are fewer of them where the plan's workgroups
    would not fit a CU's LDS otherwise.
  }];
  let options = [Option<"stages", "stages", "int64_t", "2", "buffers a wave has">];
  let dependentDialects = ["::mlir::pa::PaDialect"];
}

def PaShareQueries : Pass<"pa-share-queries", "::mlir::func::FuncOp"> {
  let summary = "keeps the queries in LDS where registers are short";
  let description = [{
    All waves multiply the same queries with tokens of their own. With more than 16 rows their registers are better
    spent on loads in flight, and so they are with rows of a linear cache and `p = split`: `pa.share` puts the queries
    into the workgroup's LDS once an item, `pa.load_shared` reads them back before the products. Optional.

    Cost: LDS of the queries' size (16 KiB for 64 rows of 128 in bf16), read again with every tile.
  }];
  let dependentDialects = ["::mlir::pa::PaDialect"];
}

def PaMarkNontemporal : Pass<"pa-mark-nontemporal", "::mlir::func::FuncOp"> {
  let summary = "marks loads that are read once";
  let description = [{
    `pa.load_kv` gets `nontemporal` if every byte of the cache is loaded by one wave only: an item's tiles are divided
    among waves and workgroups, and all rows of a KV head are done together. Queries, tables and parts are read by
    several and stay cached. Optional.
  }];
  let dependentDialects = ["::mlir::pa::PaDialect"];
}

def ConvertPaToROCDL : Pass<"convert-pa-to-rocdl", "::mlir::ModuleOp"> {
  let summary = "tile level to hardware level";
  let description = [{
    Outlines each function into a `gpu.module` with a kernel that takes the packed argument block of
    `runtime/include/pa/abi.h`, and lowers every op and type of the dialect to `llvm`, `rocdl`, `vector`, `arith` and
    `scf`. An op without a lowering is an error that names it. The lowerings are in `passes/lowering`, one file an
    idea.
  }];
  let dependentDialects = ["::mlir::pa::PaDialect", "::mlir::scf::SCFDialect", "::mlir::arith::ArithDialect",
                           "::mlir::LLVM::LLVMDialect", "::mlir::ROCDL::ROCDLDialect", "::mlir::gpu::GPUDialect",
                           "::mlir::vector::VectorDialect", "::mlir::math::MathDialect"];
}

#endif
