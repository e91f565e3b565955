#include "dialects/pa/Pa.h"

#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mlir::pa;

#include "dialects/pa/PaDialect.cpp.inc"

namespace {

/// Long attributes are printed once, above the IR.
struct PaAsmInterface : OpAsmDialectInterface {
  using OpAsmDialectInterface::OpAsmDialectInterface;

  AliasResult getAlias(Attribute attr, raw_ostream &os) const override {
    StringRef name = TypeSwitch<Attribute, StringRef>(attr)
                         .Case<LayoutAttr>([](auto) { return "layout"; })
                         .Case<MfmaAttr>([](auto) { return "mfma"; })
                         .Case<RowsAttr>([](auto) { return "rows"; })
                         .Case<TargetAttr>([](auto) { return "target"; })
                         .Default([](auto) { return ""; });
    return alias(name, os);
  }
  AliasResult getAlias(Type type, raw_ostream &os) const override {
    return alias(isa<KvCacheType>(type) ? "kv_cache" : "", os);
  }

private:
  static AliasResult alias(StringRef name, raw_ostream &os) {
    os << name;
    return name.empty() ? AliasResult::NoAlias : AliasResult::OverridableAlias;
  }
};

} // namespace

void PaDialect::initialize() {
  addInterfaces<PaAsmInterface>();
  registerAttributes();
  registerTypes();
  addOperations<
#define GET_OP_LIST
#include "dialects/pa/PaOps.cpp.inc"
      >();
}
