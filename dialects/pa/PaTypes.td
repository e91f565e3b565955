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
    The element type, heads and head size of keys and of values (one number if they are alike), tokens a page, and the
    order of elements, always said and never guessed. `scales` says what one scale of an 8-bit cache belongs to; scales
    multiply what the codes say. `owner = module` leaves the layout to `pa-shuffle-kv-layout`, because reader and writer
    are both in the module. In memory it is two tensors, each with a stride between pages and one between heads, in
    the kernel's arguments.

    ```mlir
    !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = shuffled, owner = caller>
    !pa.kv_cache<f8E4M3FN, heads = 1, head_size = 192, value_head_size = 128, page = 64, layout = hnd, scales = token,
                 owner = caller>
    ```
  }];
  let parameters = (ins "::mlir::Type":$elementType, "int64_t":$heads, "int64_t":$head_size,
                        DefaultValuedParameter<"int64_t", "0">:$value_head_size, "int64_t":$page,
                        EnumParameter<Pa_CacheLayout>:$layout,
                        DefaultValuedParameter<"Scales", "Scales::None">:$scales,
                        EnumParameter<Pa_CacheOwner>:$owner);
  let assemblyFormat = [{
    `<` $elementType `,` struct($heads, $head_size, $value_head_size, $page, $layout, $scales, $owner) `>`
  }];
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// Elements in 16 bytes: `x` of the layout formulas.
    int64_t pieceElements() const { return 128 / elementBits(); }
    int64_t elementBits() const { return getElementType().getIntOrFloatBitWidth(); }
    int64_t headSizeOf(KvKind kind) const {
      return kind == KvKind::Value && getValueHeadSize() ? getValueHeadSize() : getHeadSize();
    }
    /// Tokens of a head in rows, any stride apart.
    bool isLinear() const { return getLayout() == CacheLayout::NHD || getLayout() == CacheLayout::HND; }
    /// Whether a 16-byte piece of the keys (values) is a matrix operand already; else rows are read whole.
    bool isFragment(KvKind kind) const;
    /// Dims of a tile of keys (values): the head size, up to whole registers of all lanes. What is beyond is zero.
    int64_t tileDims(KvKind kind) const;
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
    `!pa.page_ids<4 x 16 of 16>`: the ids of the pages of 4 times 16 tokens, in pages of 16, the same in all lanes (scalar
    registers). Where pages are larger (`4 x 16 of 48`), each id comes with where in the page the tokens start. With a
    layout, `!pa.page_ids<64 x 1 of 16, #l>`: each lane knows where one token's row is; `#l` says which (the token is the
    layout's row).
  }];
  let parameters = (ins "int64_t":$count, "int64_t":$tokens, "int64_t":$page, OptionalParameter<"LayoutAttr">:$layout);
  let assemblyFormat = "`<` $count `x` $tokens `of` $page (`,` $layout^)? `>`";
  let extraClassDeclaration = [{
    /// Whether each id comes with a place inside its page.
    bool startsInside() const { return !getLayout() && getTokens() != getPage(); }
  }];
  let genVerifyDecl = 1;
}

#endif
