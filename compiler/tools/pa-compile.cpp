// pa-compile: one .mlir file to a code object for each chip asked for.
#include "compiler/codegen/Codegen.h"
#include "compiler/codegen/LaneLowering.h"
#include "compiler/codegen/OutputFile.h"
#include "compiler/codegen/ReportText.h"
#include "compiler/pipeline/Pipeline.h"
#include "compiler/target/Chip.h"
#include "compiler/tools/CacheCommand.h"
#include "compiler/tools/StageFiles.h"
#include "dialects/pa/Pa.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/ROCDLDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Support/FileUtilities.h"
#include "runtime/jit/Framed.h"
#include "runtime/jit/Identity.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SourceMgr.h"

#include <cstdlib>
#include <sys/resource.h>

using namespace mlir;
namespace cl = llvm::cl;
using ::pa::timed;

namespace {

enum class Emit { llvm, isa, hsaco };

cl::OptionCategory category("pa-compile options");
cl::opt<std::string> inputName(cl::Positional, cl::desc("<input .mlir, - for standard input>"), cl::Required,
                               cl::cat(category));
cl::list<std::string> chipNames("chip", cl::desc("Chips to compile for: gfx942, gfx950"), cl::CommaSeparated,
                                cl::OneOrMore, cl::cat(category));
cl::opt<std::string> outputName("o", cl::cat(category), cl::value_desc("file"),
                                cl::desc("Output; %c stands for the chip, and with several chips .<chip> is put before "
                                         "the extension if there is no %c. Text goes to standard output by default"));
cl::opt<Emit> emitKind("emit", cl::desc("What to write"), cl::init(Emit::hsaco), cl::cat(category),
                       cl::values(clEnumValN(Emit::llvm, "llvm", "optimized LLVM IR"),
                                  clEnumValN(Emit::isa, "isa", "assembly text"),
                                  clEnumValN(Emit::hsaco, "hsaco", "linked code object (default)")));
cl::opt<std::string> stagesDirectory("save-stages", cl::value_desc("directory"), cl::cat(category),
                                     cl::desc("Write the IR after each pass, the LLVM IR, the ISA and the code object, "
                                              "one file a stage, in a folder for each chip"));
cl::opt<bool> printsReport("report", cl::desc("Print resources, the KV loop and compile times"), cl::cat(category));
cl::opt<std::string> jsonName("json-report", cl::value_desc("file"), cl::desc("The same report as JSON"),
                              cl::cat(category));
cl::opt<std::string> paOptions("pa-options", cl::desc("Options of the pa pipeline"), cl::cat(category));
cl::opt<unsigned> optLevel("O", cl::desc("LLVM optimization level, 0 to 3 (default 3)"), cl::init(3), cl::Prefix,
                           cl::cat(category));
cl::opt<bool> asReply("reply", cl::Hidden, cl::cat(category),
                      cl::desc("For libpa: the output with a checksum and this compiler's identity"));
cl::opt<unsigned> memoryLimit("memory-limit", cl::value_desc("MiB"), cl::init(0), cl::cat(category),
                              cl::desc("The most address space that compiling may take (default: no limit)"));
cl::opt<unsigned> codeObjectVersion("code-object-version", cl::desc("5 (default) or 6"), cl::init(5),
                                    cl::cat(category));

struct Compiled {
  std::string chip, path;
  mlir::pa::CodegenResult code;
  std::vector<::pa::StageTime> times;

  StringRef object() const { return {code.object.data(), code.object.size()}; }
  StringRef output() const {
    return emitKind == Emit::hsaco ? object() : emitKind == Emit::isa ? StringRef(code.isa) : code.optimizedIR;
  }
};

int fail(const llvm::Twine &message) {
  llvm::errs() << "pa-compile: error: " << message << '\n';
  return 1;
}

// Instead of LLVM's abort with a stack dump: there is nothing to clean up, outputs appear only when complete.
void onFatalError(void *, const char *reason, bool) {
  fail(llvm::Twine("LLVM cannot compile this: ") + reason);
  llvm::errs().flush();
  std::_Exit(1);
}

bool wantsReport() { return printsReport || !jsonName.empty(); }

std::string outputFor(StringRef chip) {
  if (outputName == "-")
    return outputName;
  StringRef pattern = outputName;
  if (size_t at = pattern.find("%c"); at != StringRef::npos)
    return (pattern.take_front(at) + chip + pattern.drop_front(at + 2)).str();
  if (chipNames.size() == 1)
    return outputName;
  StringRef extension = llvm::sys::path::extension(pattern);
  return (pattern.drop_back(extension.size()) + "." + chip + extension).str();
}

// The command line's rules that no option checks by itself; the text of the first that is broken.
std::string checkCommandLine() {
  for (size_t i = 0; i < chipNames.size(); ++i) {
    if (!::pa::findChip(chipNames[i]))
      return "unknown chip '" + chipNames[i] + "', known are " + ::pa::knownChips();
    for (size_t j = 0; j < i; ++j)
      if (chipNames[i] == chipNames[j])
        return "chip '" + chipNames[i] + "' is given twice";
  }
  if (outputName.empty() && emitKind == Emit::hsaco)
    return "a code object needs an output file: -o <file>";
  if (outputName.empty())
    outputName = "-";
  if (outputName == "-" && chipNames.size() > 1)
    return "standard output takes one chip, got " + std::to_string(chipNames.size());
  return "";
}

void registerDialects(DialectRegistry &registry) {
  registry
      .insert<arith::ArithDialect, cf::ControlFlowDialect, func::FuncDialect, gpu::GPUDialect, LLVM::LLVMDialect,
              math::MathDialect, mlir::pa::PaDialect, ROCDL::ROCDLDialect, scf::SCFDialect, vector::VectorDialect>();
  mlir::pa::registerCodegenTranslations(registry);
}

bool hasPaOps(ModuleOp module) {
  return module
      .walk([](Operation *op) {
        return isa_and_nonnull<mlir::pa::PaDialect>(op->getDialect()) ? WalkResult::interrupt() : WalkResult::advance();
      })
      .wasInterrupted();
}

// Input at lane level needs no pa pass.
LogicalResult addPasses(ModuleOp module, StringRef chip, PassManager &passes) {
  if (hasPaOps(module)) {
    mlir::pa::PipelineOptions options;
    if (std::string error = mlir::pa::parsePipelineOptions(paOptions, options); !error.empty())
      return module.emitError("--pa-options: ") << error;
    if (failed(mlir::pa::setTarget(module, chip)))
      return failure();
    mlir::pa::buildPipeline(passes, options);
    return success();
  }
  if (!paOptions.empty())
    return module.emitError("--pa-options are for input with pa ops, got '") << paOptions << "'";
  mlir::pa::wrapBareKernels(module, "kernels");
  mlir::pa::addLaneLowering(passes);
  return success();
}

LogicalResult runPasses(ModuleOp module, StringRef chip, ::pa::StageFiles *stages) {
  PassManager passes(module.getContext());
  if (failed(addPasses(module, chip, passes)))
    return failure();
  if (stages)
    stages->followPasses(passes);
  return passes.run(module);
}

FailureOr<gpu::GPUModuleOp> theGpuModule(ModuleOp module) {
  auto all = llvm::to_vector(module.getOps<gpu::GPUModuleOp>());
  if (all.size() != 1)
    return module.emitError("expected one gpu.module (or llvm.func kernels outside of any), got ") << all.size();
  return all[0];
}

LogicalResult compileFor(StringRef chip, ModuleOp source, ::pa::StageFiles *stages, Compiled &result) {
  OwningOpRef<ModuleOp> module = source.clone();
  if (stages)
    stages->writeOp("input", *module);
  if (failed(timed(result.times, "passes", [&] { return runPasses(*module, chip, stages); })))
    return failure();
  FailureOr<gpu::GPUModuleOp> gpuModule = theGpuModule(*module);
  if (failed(gpuModule) || failed(mlir::pa::resolveChip(*gpuModule, chip)))
    return failure();

  mlir::pa::CodegenOptions options;
  options.chip = chip.str();
  options.optLevel = optLevel;
  options.codeObjectVersion = codeObjectVersion;
  mlir::pa::CodegenOutputs wanted;
  wanted.llvmIR = stages;
  wanted.optimizedIR = stages || emitKind == Emit::llvm;
  wanted.isa = stages || emitKind == Emit::isa;
  wanted.object = stages || emitKind == Emit::hsaco || wantsReport();
  FailureOr<mlir::pa::CodegenResult> code = mlir::pa::compileGpuModule(*gpuModule, options, wanted);
  if (failed(code))
    return failure();
  result.code = std::move(*code);
  result.times.insert(result.times.end(), result.code.times.begin(), result.code.times.end());
  if (!stages)
    return success();
  stages->write("translated", ".ll", result.code.llvmIR);
  stages->write("optimized", ".ll", result.code.optimizedIR);
  stages->write("isa", ".s", result.code.isa);
  stages->write("object", ".hsaco", result.object());
  return success();
}

llvm::Error report(const std::vector<Compiled> &all) {
  llvm::json::Array outputs;
  llvm::raw_ostream &text = outputName == "-" ? llvm::errs() : llvm::outs();
  for (const Compiled &one : all) {
    auto inspected = ::pa::inspectCodeObject(llvm::MemoryBufferRef(one.object(), one.path));
    if (!inspected)
      return inspected.takeError();
    if (printsReport) {
      ::pa::printReport(text, one.path, *inspected);
      ::pa::printTimes(text, one.times);
    }
    llvm::json::Object entry = ::pa::reportToJson(one.path, *inspected);
    entry["compile_ms"] = ::pa::timesToJson(one.times);
    outputs.push_back(std::move(entry));
  }
  if (jsonName.empty())
    return llvm::Error::success();
  llvm::json::Object whole{{"llvm", LLVM_VERSION_STRING}, {"objects", std::move(outputs)}};
  return ::pa::writeOutputFile(jsonName, llvm::formatv("{0:2}\n", llvm::json::Value(std::move(whole))).str());
}

int run() {
  std::string error;
  std::unique_ptr<llvm::MemoryBuffer> file = openInputFile(inputName, &error);
  if (!file)
    return fail(error);
  DialectRegistry registry;
  registerDialects(registry);
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  context.printOpOnDiagnostic(false); // the place says enough, and the op can be a whole kernel
  llvm::SourceMgr sources;
  sources.AddNewSourceBuffer(std::move(file), llvm::SMLoc());
  SourceMgrDiagnosticHandler diagnostics(sources, &context);

  std::vector<::pa::StageTime> parseTime;
  OwningOpRef<ModuleOp> source =
      timed(parseTime, "parse", [&] { return parseSourceFile<ModuleOp>(sources, &context); });
  if (!source)
    return 1;
  // All are compiled before any is written: an error leaves no output.
  std::vector<Compiled> all;
  for (const std::string &chip : chipNames) {
    std::optional<::pa::StageFiles> stages;
    if (!stagesDirectory.empty())
      stages.emplace(stagesDirectory, chip);
    Compiled &one = all.emplace_back();
    one.chip = chip;
    one.path = outputFor(chip);
    one.times = parseTime;
    if (failed(compileFor(chip, *source, stages ? &*stages : nullptr, one)))
      return 1;
    if (stages)
      if (llvm::Error failed = stages->takeError())
        return fail(llvm::toString(std::move(failed)));
  }
  for (const Compiled &one : all) {
    std::string reply = asReply ? ::pa::frame(::pa::replyMagic, ::pa::compilerIdentity(), one.output()) : "";
    if (llvm::Error failed = ::pa::writeOutputFile(one.path, asReply ? StringRef(reply) : one.output()))
      return fail(llvm::toString(std::move(failed)));
  }
  if (wantsReport())
    if (llvm::Error failed = report(all))
      return fail(llvm::toString(std::move(failed)));
  return 0;
}

} // namespace

int main(int argc, char **argv) {
  if (argc > 1 && StringRef(argv[1]) == "cache")
    return ::pa::cacheCommand(argc, argv);
  llvm::install_fatal_error_handler(onFatalError);
  cl::HideUnrelatedOptions(category);
  cl::ParseCommandLineOptions(argc, argv, "compiles attention kernels to AMDGPU code objects\n");
  if (std::string error = checkCommandLine(); !error.empty())
    return fail(error);
  if (memoryLimit) {
    rlim_t bytes = rlim_t(memoryLimit) << 20;
    const rlimit limit = {bytes, bytes};
    if (setrlimit(RLIMIT_AS, &limit) != 0)
      return fail(llvm::Twine("--memory-limit: cannot be set to ") + llvm::Twine(memoryLimit) + " MiB");
  }
  return run();
}
