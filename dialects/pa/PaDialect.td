//===- PaDialect.td - the pa dialect --------------------------------------===//
#ifndef PA_DIALECT_TD
#define PA_DIALECT_TD

include "mlir/IR/OpBase.td"

def Pa_Dialect : Dialect {
  let name = "pa";
  let cppNamespace = "::mlir::pa";
  let summary = "paged attention for decode, from what is computed down to matrix fragments";
  let description = [{
    Two levels live in this dialect. The *attention level* says what is computed and is the contract with the
    caller: `pa.decode`, `pa.append`, `pa.merge_states`, and, once passes have started, `pa.items` with
    `pa.pack_rows`, `pa.attend`, `pa.merge` and `pa.unpack_rows`. Nothing there knows a lane. The *tile level* says
    how a workgroup does it: values of type `!pa.tile` whose `#pa.layout` says which lane, register and element
    holds which row and column. Loops are `scf`. Below it are upstream's dialects only.

    An op belongs here if it is needed to say one of the two levels and no upstream dialect can say it. Chip facts
    do not belong here: they arrive as the module's `#pa.target` attribute.

    Conventions, used by every op:

    - `context_lens` counts the new tokens too; contexts longer than a table row are clamped to it.
    - Key `p` is visible to query token `q` of `query_tokens` iff `p <= context - query_tokens + q`.
    - The softmax scale is the caller's. LSE is in natural logarithm.
    - A row with no visible key gives zeros, and `-inf` as its LSE.
    - What lies past a sequence's end is unspecified: table entries there are never dereferenced, and cache slots
      there never reach a product (0 times NaN is NaN).
    - Page addresses are 64-bit.
  }];
  let useDefaultTypePrinterParser = 1;
  let extraClassDeclaration = [{
    void registerAttributes();
    void registerTypes();
  }];
  let useDefaultAttributePrinterParser = 1;
}

class Pa_Op<string mnemonic, list<Trait> traits = []> : Op<Pa_Dialect, mnemonic, traits>;

#endif
