#include "test/variant/Sweep.h"

#include "compiler/pipeline/Passes.h"
#include "compiler/pipeline/Pipeline.h"
#include "compiler/pipeline/VariantToIr.h"
#include "dialects/pa/Pa.h"
#include "passes/Passes.h"
#include "passes/lowering/cache/CacheKernel.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/Pass/PassManager.h"

namespace pa::varianttest {
namespace {

using llvm::json::Object;
using llvm::json::Value;

// Fields of a decode variant that the function's description has otherwise: the IR could not say them.
std::string notSaid(const Variant &variant, mlir::ModuleOp module) {
  Object said;
  module.walk([&](mlir::func::FuncOp function) {
    for (mlir::NamedAttribute entry : function->getAttrOfType<mlir::DictionaryAttr>("pa.variant")) {
      llvm::StringRef name = entry.getName();
      if (auto text = mlir::dyn_cast<mlir::StringAttr>(entry.getValue()))
        said[name] = text.getValue();
      else if (auto flag = mlir::dyn_cast<mlir::BoolAttr>(entry.getValue()))
        said[name] = flag.getValue();
      else
        said[name] = mlir::cast<mlir::IntegerAttr>(entry.getValue()).getInt();
    }
  });
  said["split"] = toString(variant.split); // a matter of the pipeline's
  said["split_tokens"] = variant.splitTokens;
  return mlir::pa::differingFields(variant, textOf(std::move(said)));
}

} // namespace

std::string textOf(Object object) {
  std::string text;
  llvm::raw_string_ostream(text) << Value(std::move(object));
  return text;
}

Sweep::Sweep() : context(mlir::MLIRContext::Threading::DISABLED) {
  context.loadDialect<mlir::arith::ArithDialect, mlir::func::FuncDialect, mlir::math::MathDialect,
                      mlir::scf::SCFDialect, mlir::pa::PaDialect>();
  context.printOpOnDiagnostic(false);
}

// Why it does not compile, "" if it does. What comes after tiling knows registers and instructions only.
std::string Sweep::refusal(const AnyVariant &variant, const Chip &chip) {
  std::string words;
  mlir::ScopedDiagnosticHandler handler(&context, [&](mlir::Diagnostic &diagnostic) {
    words += diagnostic.str() + "\n";
    return mlir::success();
  });
  auto module = mlir::pa::buildVariantModule(mlir::UnknownLoc::get(&context), variant);
  if (!module || failed(mlir::pa::setTarget(*module, chip.name)))
    return words;
  mlir::PassManager passes(&context);
  passes.addPass(mlir::pa::createDescribeVariantPass());
  passes.addNestedPass<mlir::func::FuncOp>(mlir::pa::createPaMaskQlen());
  passes.addNestedPass<mlir::func::FuncOp>(mlir::pa::createPaTileMfma());
  passes.addPass(mlir::pa::createConvertPaCacheToROCDL());
  if (failed(passes.run(*module)))
    return words;
  const Variant *decode = std::get_if<Variant>(&variant);
  return decode ? notSaid(*decode, *module) : "";
}

void Sweep::check(const std::string &json) {
  auto parsed = parseAnyVariant(json);
  if (!parsed.errors.empty())
    return;
  std::string printed = printAnyVariant(parsed.variant);
  EXPECT_EQ(printed, printAnyVariant(parseAnyVariant(printed).variant));
  for (const char *name : {"gfx942", "gfx950"}) {
    const Chip &chip = *findChip(name);
    std::string reasons = toText(whyNot(parsed.variant, chip)), refused = refusal(parsed.variant, chip);
    EXPECT_EQ(reasons.empty(), refused.empty())
        << name << ' ' << json << "\nquery of support: " << reasons << "\ncompiler: " << refused;
    ++(refused.empty() ? this->supported : this->refused);
    checkNearest(parsed.variant, chip);
  }
}

// What is said to be nearest is supported, and differs in no field that has no reason.
void Sweep::checkNearest(const AnyVariant &variant, const Chip &chip) {
  std::vector<Reason> reasons = whyNot(variant, chip);
  JsonObject nearest = nearestSupported(variant, chip), changed = *toJson(variant).as<JsonObject>();
  EXPECT_EQ(reasons.empty(), nearest.empty()) << printAnyVariant(variant);
  for (const JsonMember &field : nearest) {
    EXPECT_NE(std::string::npos, toText(reasons).find(field.name + " is ")) << field.name;
    for (JsonMember &member : changed)
      if (member.name == field.name)
        member.value = field.value;
  }
  auto asked = parseAnyVariant(printJson(changed));
  EXPECT_EQ("", toText(asked.errors));
  EXPECT_EQ("", toText(whyNot(asked.variant, chip))) << printJson(changed);
}

void Sweep::checkPairs(const Object &base, const std::vector<Axis> &axes) {
  for (size_t i = 0; i < axes.size(); ++i)
    for (size_t j = i + 1; j < axes.size(); ++j)
      for (const Value &first : axes[i].values)
        for (const Value &second : axes[j].values) {
          Object variant = base;
          variant[axes[i].field] = first;
          variant[axes[j].field] = second;
          check(textOf(std::move(variant)));
        }
}

void Sweep::expectMany() const {
  std::printf("%zu supported, %zu refused\n", supported, refused);
  EXPECT_GT(supported, 500u);
  EXPECT_GT(refused, 500u);
}

} // namespace pa::varianttest
