// The query of support says yes if and only if the compiler compiles: every pair of fields over every pair of their
// values, from two variants that are supported.
#include "compiler/variant/Support.h"
#include "compiler/pipeline/Passes.h"
#include "compiler/pipeline/Pipeline.h"
#include "compiler/pipeline/VariantToIr.h"
#include "dialects/pa/Pa.h"
#include "passes/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/Support/JSON.h"

#include <gtest/gtest.h>

namespace {

using llvm::json::Object;
using llvm::json::Value;

struct Axis {
  const char *field;
  std::vector<Value> values;
};

// Values that are supported, and values beside them.
const std::vector<Axis> axes = {
    {"cache_type", {"bf16", "f16", "fp8_e4m3fn", "fp8_e4m3fnuz", "int8"}},
    {"query_type", {"bf16", "f16"}},
    {"output_type", {"bf16", "f16", "fp8_e4m3fn", "fp8_e4m3fnuz"}},
    {"head_size", {32, 64, 80, 128, 192, 256}},
    {"value_head_size", {64, 128, 512}},
    {"q_heads", {8, 40, 64, 71, 128, 136}},
    {"page_size", {1, 8, 16, 24, 32, 64, 128, 256, 1024}},
    {"layout", {"nhd", "hnd", "classic", "shuffled"}},
    {"scales", {"none", "tensor", "head", "token", "page"}},
    {"query_tokens", {1, 2, 3, 4, 5, 8}},
    {"ragged", {false, true}},
    {"tables", {"block", "csr"}},
    {"mask", {"causal", "none"}},
    {"window", {0, 128, 4096}},
    {"soft_cap", {false, true}},
    {"alibi", {false, true}},
    {"sinks", {false, true}},
    {"user_score", {false, true}},
    {"lse", {false, true}},
    {"products", {"wide", "fp8"}},
    {"p", {"single", "split"}},
    {"split", {"none", "balanced", "fixed"}},
    {"split_tokens", {0, 256}},
};

std::string textOf(Object object) {
  std::string text;
  llvm::raw_string_ostream(text) << Value(std::move(object));
  return text;
}

class Compiler {
public:
  Compiler() : context(mlir::MLIRContext::Threading::DISABLED) {
    context.loadDialect<mlir::arith::ArithDialect, mlir::func::FuncDialect, mlir::math::MathDialect,
                        mlir::scf::SCFDialect, mlir::pa::PaDialect>();
    context.printOpOnDiagnostic(false);
  }

  // Why it does not compile, "" if it does. What comes after tiling knows registers and instructions only.
  std::string refusal(const pa::Variant &variant, const pa::Chip &chip) {
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
    return failed(passes.run(*module)) ? words : notSaid(variant, *module);
  }

private:
  // Fields of the variant that the function's description has otherwise: the IR could not say them.
  static std::string notSaid(const pa::Variant &variant, mlir::ModuleOp module) {
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

  mlir::MLIRContext context;
};

struct Sweep {
  Compiler compiler;
  size_t supported = 0, refused = 0;

  void check(const std::string &json) {
    pa::ParsedVariant parsed = pa::parseVariant(json);
    if (!parsed.errors.empty())
      return; // it contradicts itself
    for (const char *name : {"gfx942", "gfx950"}) {
      const pa::Chip &chip = *pa::findChip(name);
      std::string reasons = toText(pa::whyNot(parsed.variant, chip));
      std::string refusal = compiler.refusal(parsed.variant, chip);
      EXPECT_EQ(reasons.empty(), refusal.empty())
          << name << ' ' << json << "\nquery of support: " << reasons << "\ncompiler: " << refusal;
      ++(refusal.empty() ? supported : refused);
    }
  }
};

const Object bases[] = {
    Object{{"cache_type", "bf16"},
           {"head_size", 128},
           {"q_heads", 64},
           {"kv_heads", 8},
           {"page_size", 16},
           {"layout", "shuffled"}},
    Object{{"cache_type", "f16"},
           {"head_size", 64},
           {"q_heads", 8},
           {"kv_heads", 1},
           {"page_size", 1},
           {"layout", "nhd"},
           {"query_tokens", 4},
           {"lse", true},
           {"split", "none"}},
};

TEST(Support, isWhatTheCompilerCompiles) {
  Sweep sweep;
  for (const Object &base : bases)
    for (size_t i = 0; i < axes.size(); ++i)
      for (size_t j = i + 1; j < axes.size(); ++j)
        for (const Value &first : axes[i].values)
          for (const Value &second : axes[j].values) {
            Object variant = base;
            variant[axes[i].field] = first;
            variant[axes[j].field] = second;
            sweep.check(textOf(std::move(variant)));
          }
  std::printf("%zu supported, %zu refused\n", sweep.supported, sweep.refused);
  EXPECT_GT(sweep.supported, 500u);
  EXPECT_GT(sweep.refused, 500u);
}

TEST(Support, givesEveryReason) {
  pa::Variant variant = pa::parseVariant(R"({"cache_type":"bf16","head_size":128,"q_heads":8,"kv_heads":8,
    "page_size":16,"layout":"shuffled","user_score":true,"query_tokens":4096})")
                            .variant;
  auto reasons = pa::whyNot(variant, *pa::findChip("gfx942"));
  ASSERT_EQ(2u, reasons.size());
  EXPECT_EQ("query_tokens", reasons[0].field);
  EXPECT_EQ("4096", reasons[0].value);
  EXPECT_EQ("user_score is true, allowed: false (limit of the description: a score region is MLIR, which a "
            "description has no place for)",
            reasons[1].text());
  EXPECT_EQ(reasons[0].text() + "\n" + reasons[1].text(), toText(reasons));
}

TEST(Support, nothingIsSaidOfTheSupported) {
  for (const Object &base : bases)
    EXPECT_EQ("", toText(pa::whyNot(pa::parseVariant(textOf(base)).variant, *pa::findChip("gfx950"))));
}

} // namespace
