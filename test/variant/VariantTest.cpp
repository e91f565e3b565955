// Descriptions to IR and back.
#include "compiler/pipeline/VariantToIr.h"

#include <gtest/gtest.h>

namespace {

pa::Variant variantOf(const char *layout) {
  return pa::parseVariant(std::string(R"({"cache_type":"bf16","head_size":128,"q_heads":64,"kv_heads":8,)") +
                          R"("page_size":16,"layout":")" + layout + "\"}")
      .variant;
}

TEST(VariantToIr, differencesNameFieldAndBothValues) {
  pa::Variant asked = variantOf("shuffled"), other = asked;
  EXPECT_EQ("", mlir::pa::differingFields(asked, printVariant(asked)));
  other.window = 128;
  other.layout = pa::CacheLayout::nhd;
  EXPECT_EQ("layout is \"nhd\", expected \"shuffled\"\nwindow is 128, expected 0",
            mlir::pa::differingFields(asked, printVariant(other)));
  EXPECT_EQ(
      "the variant '{' is not JSON text: parse error at line 1, column 2: syntax error while parsing object key - "
      "unexpected end of input; expected string literal",
      mlir::pa::differingFields(asked, "{"));
}

TEST(VariantToIr, whatTheIrCannotSayIsAnError) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  std::string words;
  mlir::ScopedDiagnosticHandler handler(&context, [&](mlir::Diagnostic &diagnostic) {
    words += diagnostic.str();
    return mlir::success();
  });
  pa::Variant variant = variantOf("shuffled");
  variant.headSize = 72;
  EXPECT_FALSE(mlir::pa::buildVariantModule(mlir::UnknownLoc::get(&context), variant));
  EXPECT_NE(std::string::npos, words.find("head_size is")) << words;
}

} // namespace
