#include "compiler/pipeline/Pipeline.h"

#include "compiler/codegen/LaneLowering.h"
#include "compiler/pipeline/OptionalPasses.h"
#include "compiler/pipeline/Passes.h"
#include "compiler/target/Target.h"
#include "passes/Passes.h"
#include "passes/lowering/cache/CacheKernel.h"

#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;
using namespace mlir::pa;

namespace {

// The options by name: one table for parsing, errors and docs.
// In the order of optionalPasses.
constexpr bool PipelineOptions::*flagValues[] = {&PipelineOptions::shuffle,      &PipelineOptions::split,
                                                 &PipelineOptions::peel,         &PipelineOptions::prefetch,
                                                 &PipelineOptions::peelWindow,   &PipelineOptions::doubleBuffer,
                                                 &PipelineOptions::shareQueries, &PipelineOptions::nontemporal};
static_assert(std::size(flagValues) == std::size(::pa::optionalPasses));
struct Number {
  StringRef name;
  int64_t PipelineOptions::*value;
  int64_t least, most;
};
constexpr Number numbers[] = {
    {"stages", &PipelineOptions::stages, 1, 4},
    {"min-share", &PipelineOptions::minShare, 1, 1 << 20},
    {"split-tokens", &PipelineOptions::splitTokens, 0, 1 << 20},
    {"room", &PipelineOptions::room, 0, mostRoom},
};

std::string optionNames() {
  std::string names;
  for (const char *flag : ::pa::optionalPasses)
    names += std::string(flag) + "=true|false, ";
  for (const Number &number : numbers)
    names += (number.name + "=N, ").str();
  names.resize(names.size() - 2);
  return names;
}

std::string parseOption(StringRef key, StringRef value, PipelineOptions &options) {
  for (auto [flag, member] : llvm::zip(::pa::optionalPasses, flagValues)) {
    if (key != flag)
      continue;
    if (value != "true" && value != "false")
      return ("option '" + key + "' is true or false, got '" + value + "'").str();
    options.*member = value == "true";
    return "";
  }
  for (const Number &number : numbers) {
    if (key != number.name)
      continue;
    int64_t parsed;
    if (value.getAsInteger(10, parsed) || parsed < number.least || parsed > number.most)
      return ("option '" + key + "' is a number from " + Twine(number.least) + " to " + Twine(number.most) + ", got '" +
              value + "'")
          .str();
    options.*number.value = parsed;
    return "";
  }
  return ("unknown option '" + key + "', known are " + optionNames()).str();
}

/// Splits into pairs; `handle` returns an error's text.
std::string forEachOption(StringRef text, function_ref<std::string(StringRef, StringRef)> handle) {
  SmallVector<StringRef> words;
  llvm::SplitString(text, words, " ,");
  for (StringRef word : words) {
    auto [key, value] = word.split('=');
    if (std::string error = handle(key, value); !error.empty())
      return error;
  }
  return "";
}

} // namespace

std::string mlir::pa::parsePipelineOptions(StringRef text, PipelineOptions &options) {
  return forEachOption(text, [&](StringRef key, StringRef value) { return parseOption(key, value, options); });
}

LogicalResult mlir::pa::setTarget(ModuleOp module, StringRef chip, int64_t room) {
  const ::pa::Chip *found = ::pa::findChip(std::string_view(chip.data(), chip.size()));
  if (!found)
    return module.emitError() << "unknown chip '" << chip << "', known are " << ::pa::knownChips();
  module->setAttr(TargetAttr::attrName, makeTarget(module.getContext(), *found, room));
  return success();
}

void mlir::pa::buildPipeline(OpPassManager &passes, const PipelineOptions &options) {
  if (options.shuffle)
    passes.addPass(createPaShuffleKvLayout());
  passes.addPass(createDescribeVariantPass());
  passes.addNestedPass<func::FuncOp>(createPaMaskQlen());
  if (options.split)
    passes.addNestedPass<func::FuncOp>(createPaSplitKv({options.minShare, options.splitTokens}));
  passes.addNestedPass<func::FuncOp>(createPaTileMfma());
  if (options.peel)
    passes.addNestedPass<func::FuncOp>(createPaPeelMasks());
  if (options.prefetch)
    passes.addNestedPass<func::FuncOp>(createPaPrefetchKv());
  if (options.peelWindow)
    passes.addNestedPass<func::FuncOp>(createPaPeelWindow());
  // Off means one stage: a linear key cache has no other way to its operands.
  passes.addNestedPass<func::FuncOp>(createPaDoubleBufferLds({options.doubleBuffer ? options.stages : 1}));
  if (options.shareQueries)
    passes.addNestedPass<func::FuncOp>(createPaShareQueries());
  if (options.nontemporal)
    passes.addNestedPass<func::FuncOp>(createPaMarkNontemporal());
  passes.addPass(createConvertPaCacheToROCDL());
  passes.addPass(createConvertPaToROCDL());
  passes.addPass(createEmbedDescriptionPass());
  passes.addNestedPass<gpu::GPUModuleOp>(createCanonicalizerPass());
  passes.addNestedPass<gpu::GPUModuleOp>(createCSEPass());
  addLaneLowering(passes);
}

void mlir::pa::registerPipeline() {
  registerPass(createDescribeVariantPass);
  registerPass(createEmbedDescriptionPass);
  registerPass(createConvertPaCacheToROCDL);
  registerPass([] { return createSetTargetPass("", 0); });
  registerPassPipeline(
      "pa-pipeline", "the whole way from attention level to llvm and rocdl: chip=NAME, " + optionNames(),
      [](OpPassManager &passes, StringRef text, function_ref<LogicalResult(const Twine &)> emitError) {
        PipelineOptions options;
        std::string chip;
        std::string error = forEachOption(text, [&](StringRef key, StringRef value) -> std::string {
          if (key != "chip")
            return parseOption(key, value, options);
          chip = value.str();
          const ::pa::Chip *found = ::pa::findChip(chip);
          return found ? "" : "unknown chip '" + chip + "', known are " + ::pa::knownChips();
        });
        if (error.empty() && chip.empty())
          error = "option 'chip' is missing, known are " + ::pa::knownChips();
        if (!error.empty())
          return emitError(error);
        passes.addPass(createSetTargetPass(chip, std::max<int64_t>(options.room, 0)));
        buildPipeline(passes, options);
        return success();
      },
      [](function_ref<void(const mlir::detail::PassOptions &)>) {});
}
