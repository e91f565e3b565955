#include "dialects/pa/Pa.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mlir::pa;

#include "dialects/pa/PaEnums.cpp.inc"
#define GET_ATTRDEF_CLASSES
#include "dialects/pa/PaAttrs.cpp.inc"

void PaDialect::registerAttributes() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "dialects/pa/PaAttrs.cpp.inc"
      >();
}

//===-- #pa.layout --------------------------------------------------------===//

static ParseResult parseModes(AsmParser &parser, StringRef keyword, Modes &modes) {
  if (parser.parseKeyword(keyword) || parser.parseEqual())
    return failure();
  return parser.parseCommaSeparatedList(AsmParser::Delimiter::Square, [&]() -> ParseResult {
    Mode mode;
    if (parser.parseInteger(mode.size) || parser.parseColon() || parser.parseLParen() ||
        parser.parseInteger(mode.row) || parser.parseComma() || parser.parseInteger(mode.col) || parser.parseRParen())
      return failure();
    modes.push_back(mode);
    return success();
  });
}

static void printModes(AsmPrinter &printer, StringRef keyword, ArrayRef<Mode> modes) {
  printer << keyword << " = [";
  llvm::interleaveComma(
      modes, printer, [&](const Mode &mode) { printer << mode.size << " : (" << mode.row << ", " << mode.col << ")"; });
  printer << "]";
}

Attribute LayoutAttr::parse(AsmParser &parser, Type) {
  Modes lane, reg, elem;
  if (parser.parseLess() || parseModes(parser, "lane", lane) || parser.parseComma() || parseModes(parser, "reg", reg) ||
      parser.parseComma() || parseModes(parser, "elem", elem) || parser.parseGreater())
    return {};
  return parser.getChecked<LayoutAttr>(parser.getContext(), lane, reg, elem);
}

void LayoutAttr::print(AsmPrinter &printer) const {
  printer << "<";
  printModes(printer, "lane", getLane());
  printer << ", ";
  printModes(printer, "reg", getReg());
  printer << ", ";
  printModes(printer, "elem", getElem());
  printer << ">";
}

LogicalResult LayoutAttr::verify(function_ref<InFlightDiagnostic()> emitError, ArrayRef<Mode> lane, ArrayRef<Mode> reg,
                                 ArrayRef<Mode> elem) {
  int64_t places = 1; // counted so that neither it nor (row, column) overflows
  for (ArrayRef<Mode> modes : {lane, reg, elem})
    for (const Mode &mode : modes) {
      if (mode.size < 1 || mode.row < 0 || mode.col < 0)
        return emitError() << "a mode has a positive size and steps of at least 0, got " << mode.size << " : ("
                           << mode.row << ", " << mode.col << ")";
      if (mode.size > maxPlaces / places || std::max(mode.row, mode.col) > maxPlaces)
        return emitError() << "a layout has at most " << maxPlaces << " places and steps of that, exceeded at "
                           << mode.size << " : (" << mode.row << ", " << mode.col << ")";
      places *= mode.size;
    }
  if (modesSize(lane) != 64)
    return emitError() << "the lane modes count to " << modesSize(lane) << ", a wave has 64 lanes";
  return success();
}

static Modes exchanged(ArrayRef<Mode> modes) {
  Modes result(modes);
  for (Mode &mode : result)
    std::swap(mode.row, mode.col);
  return result;
}

LayoutAttr LayoutAttr::transposed() const {
  return LayoutAttr::get(getContext(), exchanged(getLane()), exchanged(getReg()), exchanged(getElem()));
}

//===-- #pa.rows ----------------------------------------------------------===//

LogicalResult RowsAttr::verify(function_ref<InFlightDiagnostic()> emitError, int64_t group, int64_t queryTokens,
                               int64_t padded) {
  if (group < 1 || queryTokens < 1)
    return emitError() << "group and query_tokens are at least 1, got " << group << " and " << queryTokens;
  if (padded < 16 || padded % 16 != 0)
    return emitError() << "padded is a positive multiple of 16, got " << padded;
  return success();
}

//===-- #pa.target --------------------------------------------------------===//

LogicalResult MfmaAttr::verify(function_ref<InFlightDiagnostic()> emitError, int64_t m, int64_t n, int64_t k, Type,
                               StringRef intrinsic) {
  if (m < 1 || n < 1 || k < 1)
    return emitError() << "m, n and k are at least 1, got " << m << ", " << n << " and " << k;
  if (!intrinsic.starts_with("rocdl.mfma."))
    return emitError() << "intrinsic is a rocdl.mfma op, got '" << intrinsic << "'";
  return success();
}

LogicalResult PlanAttr::verify(function_ref<InFlightDiagnostic()> emitError, int64_t rows, int64_t headSize,
                               int64_t tile, int64_t workgroupsPerCu, int64_t bits) {
  if (rows < 16 || rows % 16 != 0)
    return emitError() << "rows is a positive multiple of 16, got " << rows;
  if (tile < 32 || tile % 32 != 0)
    return emitError() << "tile is a positive multiple of 32 tokens, got " << tile;
  if (headSize < 1 || workgroupsPerCu < 1)
    return emitError() << "head_size and workgroups_per_cu are at least 1, got " << headSize << " and "
                       << workgroupsPerCu;
  if (bits != 8 && bits != 16)
    return emitError() << "bits is 8 or 16, got " << bits;
  return success();
}

LogicalResult TargetAttr::verify(function_ref<InFlightDiagnostic()> emitError, StringRef chip, int64_t computeUnits,
                                 int64_t waves, int64_t ldsBytes, int64_t ldsBanks, int64_t vectorRegisters, bool, bool,
                                 Type, bool, ArrayAttr mfma, ArrayAttr plans) {
  if (chip.empty())
    return emitError() << "the target has no chip";
  if (computeUnits < 1 || ldsBytes < 1 || vectorRegisters < 1)
    return emitError() << "compute_units, lds_bytes and vector_registers are at least 1, got " << computeUnits << ", "
                       << ldsBytes << " and " << vectorRegisters;
  if (waves != 2 && waves != 4)
    return emitError() << "waves_per_workgroup is 2 or 4, got " << waves;
  if (ldsBanks != 32 && ldsBanks != 64)
    return emitError() << "lds_banks is 32 or 64, got " << ldsBanks;
  for (Attribute attr : mfma)
    if (!isa<MfmaAttr>(attr))
      return emitError() << "mfma lists #pa.mfma attributes, got " << attr;
  for (Attribute attr : plans)
    if (!isa<PlanAttr>(attr))
      return emitError() << "plans lists #pa.plan attributes, got " << attr;
  return success();
}

MfmaAttr TargetAttr::findMfma(Type type) const {
  MfmaAttr best;
  for (auto mfma : getMfma().getAsRange<MfmaAttr>())
    if (mfma.getType() == type && mfma.getM() == 16 && mfma.getN() == 16 && (!best || mfma.getK() > best.getK()))
      best = mfma;
  return best;
}

PlanAttr TargetAttr::findPlan(int64_t rows, int64_t headSize, int64_t bits) const {
  PlanAttr best;
  auto size = [](PlanAttr plan) { return std::make_pair(plan.getHeadSize(), plan.getRows()); };
  for (auto plan : getPlans().getAsRange<PlanAttr>())
    if (plan.getBits() == bits && plan.getHeadSize() >= headSize && plan.getRows() >= rows &&
        (!best || size(plan) < size(best)))
      best = plan;
  return best;
}

int64_t TargetAttr::mostRows(int64_t headSize, int64_t bits) const {
  int64_t most = 0;
  for (auto plan : getPlans().getAsRange<PlanAttr>())
    if (plan.getBits() == bits && plan.getHeadSize() >= headSize)
      most = std::max(most, plan.getRows());
  return most;
}
