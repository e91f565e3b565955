#include "compiler/target/Target.h"

#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace mlir::pa;

namespace {

enum class Element { bf16, f16, fp8 }; // FP8 in the chip's own format

// Matrix instructions by chip; layouts in hardware.md 3.1, spelled as the ROCDL ops that stand for them.
struct MfmaRow {
  const char *chip;
  Element type;
  int64_t m, n, k;
  const char *intrinsic;
};
constexpr MfmaRow mfmaRows[] = {
    {"gfx942", Element::bf16, 16, 16, 16, "rocdl.mfma.f32.16x16x16bf16.1k"},
    {"gfx942", Element::f16, 16, 16, 16, "rocdl.mfma.f32.16x16x16f16"},
    {"gfx942", Element::fp8, 16, 16, 32, "rocdl.mfma.f32.16x16x32.fp8.fp8"},
    {"gfx950", Element::bf16, 16, 16, 16, "rocdl.mfma.f32.16x16x16bf16.1k"},
    {"gfx950", Element::f16, 16, 16, 16, "rocdl.mfma.f32.16x16x16f16"},
    {"gfx950", Element::bf16, 16, 16, 32, "rocdl.mfma.f32.16x16x32.bf16"},
    {"gfx950", Element::f16, 16, 16, 32, "rocdl.mfma.f32.16x16x32.f16"},
    {"gfx950", Element::fp8, 16, 16, 32, "rocdl.mfma.f32.16x16x32.fp8.fp8"},
};

// What differs in instruction selection.
struct FeatureRow {
  const char *chip;
  bool permlaneSwap;      // v_permlane16_swap_b32, v_permlane32_swap_b32
  bool packedBf16Convert; // v_cvt_pk_bf16_f32
  bool scaledFp8Convert;  // v_cvt_scalef32_pk_bf16_fp8, v_cvt_scalef32_pk_f16_fp8
};
constexpr FeatureRow featureRows[] = {{"gfx942", false, false, false}, {"gfx950", true, true, true}};

// Rows that one pass holds, and how many workgroups of 4 waves share a CU then, by the bits of a cache's element. From
// the spill reports of both chips: two waves a SIMD fit 16 rows of 128, one fits 64. A tile of 64 tokens in 16 bits, or
// of 128 in 8, keeps 24 KiB a wave in flight.
struct PlanRow {
  int64_t bits, rows, headSize, tile, workgroupsPerCu;
};
constexpr PlanRow planRows[] = {
    {16, 16, 64, 64, 2},  {16, 32, 64, 64, 1},  {16, 48, 64, 64, 1},  {16, 64, 64, 64, 1},  {16, 16, 128, 64, 2},
    {16, 32, 128, 64, 1}, {16, 48, 128, 64, 1}, {16, 64, 128, 64, 1}, {16, 16, 192, 32, 2}, {16, 32, 192, 32, 1},
    {16, 48, 192, 32, 1}, {16, 64, 192, 32, 1}, {16, 16, 256, 32, 2}, {16, 32, 256, 32, 1}, {16, 48, 256, 32, 1},
    {8, 16, 64, 128, 2},  {8, 32, 64, 128, 2},  {8, 48, 64, 128, 1},  {8, 64, 64, 128, 1},  {8, 16, 128, 128, 2},
    {8, 32, 128, 64, 2},  {8, 48, 128, 128, 1}, {8, 64, 128, 128, 1}, {8, 16, 192, 64, 2},  {8, 32, 192, 64, 1},
    {8, 48, 192, 64, 1},  {8, 16, 256, 64, 1},  {8, 32, 256, 64, 1},
};

constexpr int64_t wavesPerWorkgroup = 4;

/// A tile is at least what one product of weights and values takes: 32 tokens of 16 bits, 64 of 8.
PlanAttr makePlan(MLIRContext *context, const PlanRow &row, int64_t room) {
  int64_t workgroups = room > 0 ? 1 : row.workgroupsPerCu;
  int64_t tile = room > 1 ? std::max(row.tile / 2, 512 / row.bits) : row.tile;
  return PlanAttr::get(context, row.rows, row.headSize, tile, workgroups, row.bits);
}

Type fp8Type(MLIRContext *context, const ::pa::Chip &chip) {
  return chip.fp8 == ::pa::Fp8Format::ocp ? Type(Float8E4M3FNType::get(context)) : Float8E4M3FNUZType::get(context);
}

Type elementType(MLIRContext *context, Element element, const ::pa::Chip &chip) {
  switch (element) {
  case Element::bf16:
    return BFloat16Type::get(context);
  case Element::f16:
    return Float16Type::get(context);
  case Element::fp8:
    return fp8Type(context, chip);
  }
  return {};
}

} // namespace

TargetAttr mlir::pa::makeTarget(MLIRContext *context, const ::pa::Chip &chip, int64_t room) {
  context->loadDialect<PaDialect>();
  SmallVector<Attribute> mfma, plans;
  for (const MfmaRow &row : mfmaRows)
    if (StringRef(row.chip) == chip.name)
      mfma.push_back(MfmaAttr::get(context, row.m, row.n, row.k, elementType(context, row.type, chip), row.intrinsic));
  for (const PlanRow &row : planRows)
    if (room < 3 || row.rows <= 32)
      plans.push_back(makePlan(context, row, room));
  FeatureRow features{};
  for (const FeatureRow &row : featureRows)
    if (StringRef(row.chip) == chip.name)
      features = row;
  return TargetAttr::get(context, chip.name, chip.computeUnits, wavesPerWorkgroup, chip.ldsBytes, chip.ldsBanks,
                         chip.vectorRegisters, features.permlaneSwap, features.packedBf16Convert,
                         fp8Type(context, chip), features.scaledFp8Convert, ArrayAttr::get(context, mfma),
                         ArrayAttr::get(context, plans));
}
