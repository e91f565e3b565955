// pa-shuffle-kv-layout: see Passes.td.
#include "passes/Passes.h"

#include "mlir/IR/AttrTypeSubElements.h"

namespace mlir::pa {
#define GEN_PASS_DEF_PASHUFFLEKVLAYOUT
#include "passes/Passes.h.inc"

namespace {

struct ShuffleKvLayout : impl::PaShuffleKvLayoutBase<ShuffleKvLayout> {
  void runOnOperation() override {
    AttrTypeReplacer replacer;
    replacer.addReplacement([](KvCacheType cache) -> std::optional<Type> {
      if (cache.getOwner() != CacheOwner::Module || cache.getPage() % cache.pieceElements() != 0)
        return std::nullopt;
      return KvCacheType::get(cache.getContext(), cache.getElementType(), cache.getHeads(), cache.getHeadSize(),
                              cache.getValueHeadSize(), cache.getPage(), CacheLayout::Shuffled, cache.getScales(),
                              cache.getOwner());
    });
    // All types of the module at once, so that readers and writers cannot disagree.
    replacer.recursivelyReplaceElementsIn(getOperation(), /*replaceAttrs=*/true, /*replaceLocs=*/false,
                                          /*replaceTypes=*/true);
  }
};

} // namespace
} // namespace mlir::pa
