#include "compiler/tools/ExplainCommand.h"

#include "compiler/codegen/ReportText.h"
#include "compiler/variant/Nearest.h"
#include "llvm/Support/Format.h"

#include <map>

namespace pa {
namespace {

using llvm::json::Array;
using llvm::json::Object;
using llvm::json::Value;

Array reasonsToJson(const std::vector<Reason> &reasons) {
  Array array;
  for (const Reason &reason : reasons) {
    auto value = llvm::cantFail(llvm::json::parse(reason.value));
    array.push_back(Object{{"field", reason.field},
                           {"value", std::move(value)},
                           {"allowed", reason.allowed},
                           {"limit", toString(reason.limit)},
                           {"why", reason.why},
                           {"text", reason.text()}});
  }
  return array;
}

// Matrix instructions of the kernel, by mnemonic.
Object matrixInstructions(const KernelAnalysis &kernel) {
  std::map<std::string, int64_t> counts;
  for (const Instruction &instruction : kernel.code)
    if (classify(instruction) == InstructionClass::mfma)
      ++counts[instruction.mnemonic];
  Object object;
  for (const auto &[mnemonic, count] : counts)
    object[mnemonic] = count;
  return object;
}

// What one more token of context costs: keys and values of all heads, and their scales where every token has its own.
Object bytesPerToken(const VariantCache &cache) {
  auto bytes = [&](uint64_t page) { return int64_t(page / cache.pageSize); };
  int64_t scales = cache.scales == Scales::token ? int64_t(2 * sizeof(float) * cache.kvHeads) : 0;
  int64_t keys = bytes(cache.keyPageBytes()), values = bytes(cache.valuePageBytes());
  return Object{{"keys", keys}, {"values", values}, {"scales", scales}, {"all", keys + values + scales}};
}

Value bytesPerToken(const MergeStatesVariant &) { return nullptr; } // it has no cache

llvm::Expected<Object> compiledToJson(const Compiled &compiled, const AnyVariant &variant) {
  auto report = inspectCodeObject(llvm::MemoryBufferRef(compiled.object(), "the object"));
  if (!report)
    return report.takeError();
  if (report->kernels.size() != 1)
    return llvm::createStringError("the object has %zu kernels, expected 1", report->kernels.size());
  Object object = reportToJson("", *report);
  Object kernel = std::move(*(*object.getArray("kernels"))[0].getAsObject());
  kernel["matrix_instructions"] = matrixInstructions(report->kernels[0]);
  const Object *description = object.getObject("variant");
  const Object *launch = description ? description->getObject("launch") : nullptr;
  return Object{{"launch", launch ? Value(Object(*launch)) : Value(nullptr)},
                {"kernel", std::move(kernel)},
                {"kv_bytes_per_token", std::visit([](const auto &v) { return Value(bytesPerToken(v)); }, variant)}};
}

// The fields that have no default.
std::vector<const char *> shapeFields(Op op) {
  if (op == Op::mergeStates)
    return {"op", "type", "heads", "head_size"};
  std::vector<const char *> fields = {"cache_type", "kv_heads", "head_size", "page_size", "layout"};
  fields.push_back(op == Op::decode ? "q_heads" : "op");
  return fields;
}

std::string shapeInWords(Op op, const Object &variant) {
  auto word = [&](const char *name) { return variant.getString(name).value_or("").str(); };
  auto count = [&](const char *name) { return std::to_string(variant.getInteger(name).value_or(0)); };
  if (op == Op::mergeStates)
    return word("op") + " of " + word("type") + ", " + count("heads") + " heads of size " + count("head_size");
  return (op == Op::decode ? "" : word("op") + " of a ") + word("cache_type") + " cache, " +
         (op == Op::decode ? count("q_heads") + " query heads over " : "") + count("kv_heads") + " KV heads of size " +
         count("head_size") + ", pages of " + count("page_size") + " tokens, " + word("layout");
}

// "bf16 cache, 64 query heads over 8 KV heads of size 128, pages of 16 tokens, shuffled; window 128": shape first, then
// what is not as a description has it by default.
std::string inWords(const AnyVariant &asked) {
  Op op = opOf(asked);
  auto json = llvm::cantFail(llvm::json::parse(printAnyVariant(asked)));
  const Object &variant = *json.getAsObject();
  std::string text = shapeInWords(op, variant);
  Object shape;
  for (const char *field : shapeFields(op))
    shape[field] = *variant.get(field);
  std::string shapeText;
  llvm::raw_string_ostream(shapeText) << Value(std::move(shape));
  auto defaults = llvm::cantFail(llvm::json::parse(printAnyVariant(parseAnyVariant(shapeText).variant)));
  llvm::raw_string_ostream out(text);
  const char *separator = "; ";
  for (const auto &[field, value] : variant)
    if (value != *defaults.getAsObject()->get(field)) {
      out << separator << field.str() << ' ' << value;
      separator = ", ";
    }
  return text;
}

llvm::raw_ostream &line(llvm::raw_ostream &out, const char *label) { return out << llvm::left_justify(label, 16); }

int64_t number(const Object &object, llvm::StringRef name) { return object.getInteger(name).value_or(0); }

void printLaunch(llvm::raw_ostream &out, const Object &launch) {
  llvm::StringRef grid = launch.getString("grid").value_or("");
  if (grid == "rows")
    line(out, "grid") << "a workgroup for " << number(launch, "rows_per_workgroup") << " heads of tokens\n";
  else if (grid == "pairs")
    line(out, "grid") << number(launch, "workgroups_per_pair") << " workgroups for each page\n";
  else
    line(out, "tile") << number(launch, "tile_tokens") << " tokens; a grid of kind " << grid << ", "
                      << number(launch, "slot_bytes") << " bytes of a partial result in the workspace\n";
}

void printCompiled(llvm::raw_ostream &out, const Object &compiled) {
  const Object &kernel = *compiled.getObject("kernel");
  if (const Object *launch = compiled.getObject("launch"))
    printLaunch(out, *launch);
  const Object &matrix = *kernel.getObject("matrix_instructions");
  if (!matrix.empty())
    line(out, "instructions");
  const char *separator = "";
  for (const auto &[mnemonic, count] : matrix) {
    out << separator << mnemonic << " (" << count << " times)";
    separator = ", ";
  }
  out << (matrix.empty() ? "" : "\n");
  line(out, "registers") << number(kernel, "vgprs") << " VGPRs, " << number(kernel, "agprs") << " AGPRs, "
                         << number(kernel, "sgprs") << " SGPRs; " << number(kernel, "vgpr_spills") << " spilled\n";
  line(out, "LDS") << number(kernel, "lds_bytes") << " bytes a workgroup\n";
  line(out, "occupancy") << number(kernel, "workgroups_per_cu") << " workgroups of "
                         << number(kernel, "waves_per_workgroup") << " waves a CU\n";
  if (const Object *loop = kernel.getObject("kv_loop"))
    if (auto flight = loop->getInteger("least_in_flight_bytes_per_cu"))
      line(out, "in flight") << "at least " << *flight << " bytes of the cache a CU\n";
  if (const Object *bytes = compiled.getObject("kv_bytes_per_token"))
    line(out, "bytes a token") << number(*bytes, "all") << ": keys " << number(*bytes, "keys") << ", values "
                               << number(*bytes, "values") << ", scales " << number(*bytes, "scales") << '\n';
}

} // namespace

llvm::Expected<Explanation> explain(mlir::MLIRContext &context, const AnyVariant &variant, const Chip &chip,
                                    const CompileOptions &options) {
  std::vector<Reason> reasons = whyNot(variant, chip);
  Explanation explanation;
  explanation.supported = reasons.empty();
  explanation.words = inWords(variant);
  explanation.json = Object{{"chip", chip.name},
                            {"variant", llvm::cantFail(llvm::json::parse(printAnyVariant(variant)))},
                            {"supported", explanation.supported},
                            {"reasons", reasonsToJson(reasons)},
                            {"nearest", nullptr},
                            {"compiled", nullptr}};
  if (!explanation.supported) {
    JsonObject nearest = nearestSupported(variant, chip);
    explanation.nearest = nearestInWords(nearest);
    if (!nearest.empty())
      explanation.json["nearest"] = llvm::cantFail(llvm::json::parse(printJson(nearest)));
    return explanation;
  }
  auto compiled = compileVariant(context, variant, chip, options);
  if (!compiled)
    return compiled.takeError();
  auto json = compiledToJson(*compiled, variant);
  if (!json)
    return json.takeError();
  explanation.json["compiled"] = std::move(*json);
  return explanation;
}

void printExplanation(llvm::raw_ostream &out, const Explanation &explanation) {
  const Object &json = explanation.json;
  line(out, "variant") << explanation.words << '\n';
  line(out, "chip") << json.getString("chip").value_or("") << '\n';
  line(out, "supported") << (explanation.supported ? "yes" : "no") << '\n';
  for (const Value &reason : *json.getArray("reasons"))
    out << "  " << reason.getAsObject()->getString("text").value_or("") << '\n';
  if (!explanation.nearest.empty())
    out << "  " << explanation.nearest << '\n';
  if (const Object *compiled = json.getObject("compiled"))
    printCompiled(out, *compiled);
}

} // namespace pa
