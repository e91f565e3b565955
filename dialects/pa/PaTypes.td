//===- PaTypes.td - types of the pa dialect -------------------------------===//
#ifndef PA_TYPES_TD
#define PA_TYPES_TD

include "dialects/pa/PaAttrs.td"

class Pa_Type<string name, string typeMnemonic> : TypeDef<Pa_Dialect, name> {
  let mnemonic = typeMnemonic;
}

def Pa_KvCacheType : Pa_Type<"KvCache", "kv_cache"> {
  let summary = "a paged cache of keys and values";
  let description = [{
    The element type, heads and head size of keys and of values, tokens a page, and the order of elements, always
    said and never guessed. `owner = module` leaves the layout to `pa-shuffle-kv-layout`, because reader and writer
    are both in the module. In memory it is two tensors, each with a stride between pages and one between heads, in
    the kernel's arguments.

    ```mlir
    !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = shuffled, owner = caller>
    ```
  }];
  let parameters = (ins "::mlir::Type":$elementType, "int64_t":$heads, "int64_t":$head_size, "int64_t":$page,
                        EnumParameter<Pa_CacheLayout>:$layout, EnumParameter<Pa_CacheOwner>:$owner);
  let assemblyFormat = "`<` $elementType `,` struct($heads, $head_size, $page, $layout, $owner) `>`";
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// Elements in 16 bytes: `x` of the layout formulas.
    int64_t pieceElements() const { return 128 / getElementType().getIntOrFloatBitWidth(); }
    /// Whether a 16-byte piece of the keys (values) is a matrix operand already; else rows are read whole.
    bool keyIsFragment() const;
    bool valueIsFragment() const;
  }];
}

def Pa_ItemType : Pa_Type<"Item", "item"> {
  let summary = "a share of a (sequence, KV head) that a workgroup has to do";
  let description = [{
    Carries the sequence, the head, the context length, the range of tiles, and where its partial result goes if the
    item is shared. Made by `pa.items`.
  }];
}

def Pa_RowSetType : Pa_Type<"RowSet", "row_set"> {
  let summary = "the packed queries of an item";
  let description = "`!pa.row_set<16x128xbf16>`: padded rows, head size, element type.";
  let parameters = (ins "int64_t":$rows, "int64_t":$head_size, "::mlir::Type":$elementType);
  let assemblyFormat = "`<` custom<Shape2>($rows, $head_size, $elementType) `>`";
}

def Pa_PartialType : Pa_Type<"Partial", "partial"> {
  let summary = "an unfinished attention result: weighted values, running maximum and sum, a row";
  let description = "`!pa.partial<16x128xf32>`: padded rows, head size, element type of the accumulator.";
  let parameters = (ins "int64_t":$rows, "int64_t":$head_size, "::mlir::Type":$elementType);
  let assemblyFormat = "`<` custom<Shape2>($rows, $head_size, $elementType) `>`";
}

def Pa_TileType : Pa_Type<"Tile", "tile"> {
  let summary = "a matrix spread over the lanes and registers of a wave";
  let description = [{
    ```mlir
    !pa.tile<32x128xbf16, #k>
    ```
    The verifier checks that the layout covers every (row, column) at least once and none outside.
  }];
  let parameters = (ins "int64_t":$rows, "int64_t":$cols, "::mlir::Type":$elementType, "LayoutAttr":$layout);
  let assemblyFormat = "`<` custom<Shape2>($rows, $cols, $elementType) `,` $layout `>`";
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// Of one register, a lane: what a load or an LDS access moves at once is 16.
    int64_t registerBytes() const {
      return getLayout().numElements() * getElementType().getIntOrFloatBitWidth() / 8;
    }
    /// Of the whole tile, each element once.
    int64_t bytes() const { return getRows() * getCols() * getElementType().getIntOrFloatBitWidth() / 8; }
  }];
}

def Pa_SharedType : Pa_Type<"Shared", "shared"> {
  let summary = "a tile that stands in the workgroup's LDS";
  let description = [{
    `!pa.shared<!pa.tile<16x128xbf16, #q>>`: written by one wave with `pa.share`, read by all with `pa.load_shared`.
  }];
  let parameters = (ins "TileType":$tile);
  let assemblyFormat = "`<` $tile `>`";
  let genVerifyDecl = 1;
}

def Pa_PageIdsType : Pa_Type<"PageIds", "page_ids"> {
  let summary = "where the tokens of a tile are";
  let description = [{
    `!pa.page_ids<4>`: the ids of 4 pages, the same in all lanes (scalar registers). With a layout,
    `!pa.page_ids<64, #l>`: each lane knows where one token's row is; `#l` says which (the token is the layout's row).
  }];
  let parameters = (ins "int64_t":$count, OptionalParameter<"LayoutAttr">:$layout);
  let assemblyFormat = "`<` $count (`,` $layout^)? `>`";
  let genVerifyDecl = 1;
}

#endif
