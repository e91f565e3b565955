//===- PaAttrs.td - attributes of the pa dialect --------------------------===//
#ifndef PA_ATTRS_TD
#define PA_ATTRS_TD

include "dialects/pa/PaDialect.td"
include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"

class Pa_Attr<string name, string attrMnemonic, list<Trait> traits = []> : AttrDef<Pa_Dialect, name, traits> {
  let mnemonic = attrMnemonic;
}

//===-- enumerations ------------------------------------------------------===//

class Pa_Enum<string name, string summary, list<I32EnumAttrCase> cases> : I32EnumAttr<name, summary, cases> {
  let cppNamespace = "::mlir::pa";
  let genSpecializedAttr = 0;
}
class Pa_EnumAttr<EnumAttrInfo info, string mnemonic> : EnumAttr<Pa_Dialect, info, mnemonic> {
  let assemblyFormat = "`<` $value `>`";
}

def Pa_CacheLayout : Pa_Enum<"CacheLayout", "order of a page's elements; x = 16 / element bytes", [
  I32EnumAttrCase<"NHD", 0, "nhd">,           // K, V [page][token][head][d]
  I32EnumAttrCase<"HND", 1, "hnd">,           // K, V [page][head][token][d]
  I32EnumAttrCase<"Classic", 2, "classic">,   // K [page][head][d/x][token][x], V [page][head][d][token]
  I32EnumAttrCase<"Shuffled", 3, "shuffled">, // K as classic, V [page][head][token/x][d][x]
]>;

def Pa_Scales : Pa_Enum<"Scales", "what one float32 scale of a cache belongs to", [
  I32EnumAttrCase<"None", 0, "none">,
  I32EnumAttrCase<"Tensor", 1, "tensor">, // [1]
  I32EnumAttrCase<"Head", 2, "head">,     // [heads]
  I32EnumAttrCase<"Token", 3, "token">,   // [pages, heads, page]
  I32EnumAttrCase<"Page", 4, "page">,     // [pages, heads]
]>;

def Pa_CacheOwner : Pa_Enum<"CacheOwner", "who decides the cache's layout", [
  I32EnumAttrCase<"Caller", 0, "caller">,
  I32EnumAttrCase<"Module", 1, "module">,
]>;

def Pa_Probability : Pa_Enum<"Probability", "how softmax's result is rounded before it is multiplied with V", [
  I32EnumAttrCase<"Single", 0, "single">, // one value of the cache's type
  I32EnumAttrCase<"Split", 1, "split">,   // a high and a low value, two products
]>;
def Pa_ProbabilityAttr : Pa_EnumAttr<Pa_Probability, "p">;

def Pa_Products : Pa_Enum<"Products", "what matrix instructions multiply", [
  I32EnumAttrCase<"Wide", 0, "wide">, // the queries' type; an 8-bit cache is converted
  I32EnumAttrCase<"Fp8", 1, "fp8">,   // the cache's FP8; queries and weights are rounded to it, with scales of their own
]>;
def Pa_ProductsAttr : Pa_EnumAttr<Pa_Products, "products">;

def Pa_Mask : Pa_Enum<"Mask", "which keys of its sequence a query token sees", [
  I32EnumAttrCase<"Causal", 0, "causal">, // up to its own
  I32EnumAttrCase<"None", 1, "none">,     // all
]>;
def Pa_MaskAttr : Pa_EnumAttr<Pa_Mask, "mask">;

def Pa_Schedule : Pa_Enum<"Schedule", "which work a workgroup does", [
  I32EnumAttrCase<"Item", 0, "item">,         // workgroup i does item i, whole
  I32EnumAttrCase<"Balanced", 1, "balanced">, // equal shares of all tiles of all items
  I32EnumAttrCase<"Fixed", 2, "fixed">,       // equal shares of all parts of all items
]>;
def Pa_ScheduleAttr : Pa_EnumAttr<Pa_Schedule, "schedule">;

def Pa_MergeScope : Pa_Enum<"MergeScope", "whose partial results a merge brings together", [
  I32EnumAttrCase<"Workgroup", 0, "workgroup">, // the waves of a workgroup
  I32EnumAttrCase<"Launch", 1, "launch">,       // and the workgroups that share an item
]>;
def Pa_MergeScopeAttr : Pa_EnumAttr<Pa_MergeScope, "scope">;

def Pa_KvKind : Pa_Enum<"KvKind", "keys or values of a cache", [
  I32EnumAttrCase<"Key", 0, "key">,
  I32EnumAttrCase<"Value", 1, "value">,
]>;
def Pa_KvKindAttr : Pa_EnumAttr<Pa_KvKind, "kv">;

//===-- layouts -----------------------------------------------------------===//

def Pa_LayoutAttr : Pa_Attr<"Layout", "layout"> {
  let summary = "which (row, column) of a tile a (lane, register, element) holds";
  let description = [{
    Three lists of modes, for the 64 lanes of a wave, a lane's registers (each a short vector) and a register's
    elements. A mode `n : (r, c)` is a digit that counts to `n`; each step moves `r` rows and `c` columns. Digits of
    a list count like an odometer, the first one fastest. The map is linear, so one attribute serves all element
    sizes, and "these two operands carry the same permutation of the reduction axis" is an equality. (Digits of any
    size instead of bits: a head of 96 has three registers, 48 rows have three blocks.)

    A step of `(0, 0)` is a copy: all lanes of that digit hold the same value.

    ```mlir
    // 32 keys of head size 128 as the first operand of a 16x16x16 product, 16 bytes a register.
    #k = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (16, 0), 4 : (0, 32)], elem = [8 : (0, 1)]>
    ```
  }];
  let parameters = (ins ArrayRefParameter<"::mlir::pa::Mode">:$lane, ArrayRefParameter<"::mlir::pa::Mode">:$reg,
                        ArrayRefParameter<"::mlir::pa::Mode">:$elem);
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    int64_t numRegisters() const { return modesSize(getReg()); }
    int64_t numElements() const { return modesSize(getElem()); }
    /// The same data seen with rows and columns exchanged.
    LayoutAttr transposed() const;
  }];
}

//===-- rows --------------------------------------------------------------===//

def Pa_RowsAttr : Pa_Attr<"Rows", "rows"> {
  let summary = "how (query token, head of the group) is packed into rows";
  let description = [{
    Row `r` is query token `r / group`, head `r % group` of its group. One pass does `padded` rows: an item does the
    rows `share * padded` and up, and rows from `group * query_tokens` on are empty: zero queries, never stored. Row `r`
    sees the keys `p <= context - query_tokens + r / group`. Where sequences have different numbers of query tokens,
    `query_tokens` is the most of one.

    ```mlir
    #pa.rows<group = 10, query_tokens = 3, padded = 32>
    ```
  }];
  let parameters = (ins "int64_t":$group, "int64_t":$query_tokens, "int64_t":$padded);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    int64_t used() const { return getGroup() * getQueryTokens(); }
    /// Items that a (sequence, KV head) is cut into so that one pass holds an item's rows.
    int64_t shares() const { return (used() + getPadded() - 1) / getPadded(); }
    int64_t blocks() const { return getPadded() / 16; }
  }];
}

//===-- the target --------------------------------------------------------===//

def Pa_MfmaAttr : Pa_Attr<"Mfma", "mfma"> {
  let summary = "a matrix instruction: D[m x n] += A[m x k] B[n x k]^T";
  let description = [{
    `intrinsic` is the name of the ROCDL op that stands for it.
    ```mlir
    #pa.mfma<m = 16, n = 16, k = 32, type = bf16, intrinsic = "rocdl.mfma.f32.16x16x32.bf16">
    ```
  }];
  let parameters = (ins "int64_t":$m, "int64_t":$n, "int64_t":$k, "::mlir::Type":$type, StringRefParameter<>:$intrinsic);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}

def Pa_PlanAttr : Pa_Attr<"Plan", "plan"> {
  let summary = "the tile that fits the registers for up to `rows` rows and `head_size`";
  let description = [{
    `bits` are those of a cache's element, 16 if it is not said. Checked against the compiler's own spill report (`test/e2e`).
    ```mlir
    #pa.plan<rows = 16, head_size = 128, tile = 64, workgroups_per_cu = 2>
    ```
  }];
  let parameters = (ins "int64_t":$rows, "int64_t":$head_size, "int64_t":$tile, "int64_t":$workgroups_per_cu,
                        DefaultValuedParameter<"int64_t", "16">:$bits);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}

def Pa_TargetAttr : Pa_Attr<"Target", "target"> {
  let summary = "what passes may know about the chip";
  let description = [{
    Put on the module as `pa.target` by `compiler/target`. Passes read chip facts from here only, so that a test can
    invent a chip. `vector_registers` are those of a lane that vector instructions reach; there may be more, for
    accumulators, loads and matrix operands. `fp8` is the FP8 type that the chip's conversions know, if they know one;
    `scaled_fp8_convert` says that they make bf16 and f16 of it directly.

    ```mlir
    module attributes {pa.target = #pa.target<chip = "gfx0", compute_units = 8, waves_per_workgroup = 4,
      lds_bytes = 65536, lds_banks = 32, vector_registers = 256, permlane_swap = false, packed_bf16_convert = false,
      mfma = [#pa.mfma<...>], plans = [#pa.plan<...>]>} {}
    ```
  }];
  let parameters = (ins StringRefParameter<>:$chip, "int64_t":$compute_units, "int64_t":$waves_per_workgroup,
                        "int64_t":$lds_bytes, "int64_t":$lds_banks, "int64_t":$vector_registers,
                        "bool":$permlane_swap, "bool":$packed_bf16_convert,
                        OptionalParameter<"::mlir::Type">:$fp8,
                        DefaultValuedParameter<"bool", "false">:$scaled_fp8_convert,
                        "::mlir::ArrayAttr":$mfma, "::mlir::ArrayAttr":$plans);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// The widest 16x16 instruction for `type`, or null.
    MfmaAttr findMfma(::mlir::Type type) const;
    /// The smallest plan that holds `rows` of `headSize` and a cache of `bits` an element, or null.
    PlanAttr findPlan(int64_t rows, int64_t headSize, int64_t bits) const;
    /// The most rows that a plan holds for these, 0 if there is none.
    int64_t mostRows(int64_t headSize, int64_t bits) const;
    static constexpr ::llvm::StringLiteral attrName = "pa.target";
  }];
}

#endif
