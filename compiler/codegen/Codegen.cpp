#include "compiler/codegen/Codegen.h"

#include "compiler/codegen/Diagnostics.h"
#include "compiler/codegen/Link.h"
#include "compiler/target/Chip.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/ROCDLDialect.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/GPU/GPUToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/ROCDL/ROCDLToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/Target/TargetOptions.h"
#include "llvm/TargetParser/Triple.h"
#include "llvm/Transforms/Utils/Cloning.h"

#include <mutex>

using namespace mlir;
using ::pa::timed;

namespace {

constexpr const char *tripleName = "amdgcn-amd-amdhsa";

/// Options of LLVM's code generator that have no other door than the command line's table; who sets them there is
/// obeyed. The passes decide what these kernels hoist: MachineLICM brings constants and lane arithmetic to the kernel's
/// start, where they take registers through the loop over tiles, and scalar ones spill. The exact trackers keep the
/// scheduler from reordering for a smaller register file than there is; its second try at that copies loaded registers.
constexpr const char *codegenFlags[] = {"disable-machine-licm", "amdgpu-use-amdgpu-trackers",
                                        "amdgpu-disable-unclustered-high-rp-reschedule"};

/// The first flag that this LLVM does not have or does not take, or null.
const char *setCodegenFlags() {
  auto &options = llvm::cl::getRegisteredOptions();
  for (const char *name : codegenFlags) {
    llvm::cl::Option *flag = options.lookup(name);
    if (!flag || (flag->getNumOccurrences() == 0 && flag->addOccurrence(0, name, "true")))
      return name;
  }
  return nullptr;
}

void initializeTarget() {
  static std::once_flag once;
  std::call_once(once, [] {
    LLVMInitializeAMDGPUTargetInfo();
    LLVMInitializeAMDGPUTarget();
    LLVMInitializeAMDGPUTargetMC();
    LLVMInitializeAMDGPUAsmPrinter();
    LLVMInitializeAMDGPUAsmParser(); // inline assembly
  });
}

LogicalResult checkOptions(gpu::GPUModuleOp module, const mlir::pa::CodegenOptions &options) {
  static const char *const missing = setCodegenFlags();
  if (missing)
    return module.emitError("this LLVM's code generator has no flag '") << missing << "', which these kernels need";
  // LLVM would take any name and compile for gfx000 with a note on stderr.
  if (!::pa::findChip(options.chip))
    return module.emitError("unknown chip '") << options.chip << "', known are " << ::pa::knownChips();
  if (options.optLevel > 3)
    return module.emitError("optimization level ") << options.optLevel << " is not one of 0, 1, 2, 3";
  if (options.codeObjectVersion != 5 && options.codeObjectVersion != 6)
    return module.emitError("code object version ") << options.codeObjectVersion << " is not one of 5, 6";
  return success();
}

std::unique_ptr<llvm::TargetMachine> createTargetMachine(gpu::GPUModuleOp module,
                                                         const mlir::pa::CodegenOptions &options) {
  initializeTarget();
  llvm::Triple triple(tripleName);
  std::string error;
  const llvm::Target *target = llvm::TargetRegistry::lookupTarget(triple, error);
  if (!target) {
    module.emitError("no LLVM target for ") << tripleName << ": " << error;
    return nullptr;
  }
  auto level = static_cast<llvm::CodeGenOptLevel>(options.optLevel);
  return std::unique_ptr<llvm::TargetMachine>(target->createTargetMachine(
      triple, options.chip, /*Features=*/"", llvm::TargetOptions(), llvm::Reloc::PIC_, std::nullopt, level));
}

std::unique_ptr<llvm::Module> translate(gpu::GPUModuleOp module, llvm::LLVMContext &context,
                                        llvm::TargetMachine &machine, const mlir::pa::CodegenOptions &options) {
  std::unique_ptr<llvm::Module> llvmModule = translateModuleToLLVMIR(module, context, module.getName());
  if (!llvmModule)
    return nullptr; // said by the translation
  llvmModule->setTargetTriple(machine.getTargetTriple());
  llvmModule->setDataLayout(machine.createDataLayout());
  llvmModule->addModuleFlag(llvm::Module::Error, "amdhsa_code_object_version", options.codeObjectVersion * 100);
  return llvmModule;
}

void optimize(llvm::Module &module, llvm::TargetMachine &machine, unsigned level) {
  static const llvm::OptimizationLevel levels[] = {llvm::OptimizationLevel::O0, llvm::OptimizationLevel::O1,
                                                   llvm::OptimizationLevel::O2, llvm::OptimizationLevel::O3};
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager sccs;
  llvm::ModuleAnalysisManager modules;
  llvm::PassBuilder builder(&machine);
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(sccs);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, sccs, modules);
  llvm::ModulePassManager passes =
      level == 0 ? builder.buildO0DefaultPipeline(levels[0]) : builder.buildPerModuleDefaultPipeline(levels[level]);
  passes.run(module, modules);
}

std::string print(const llvm::Module &module) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  module.print(stream, nullptr);
  return text;
}

// Changes `module`, as instruction selection does.
bool emit(llvm::Module &module, llvm::TargetMachine &machine, llvm::CodeGenFileType type,
          SmallVectorImpl<char> &bytes) {
  llvm::raw_svector_ostream stream(bytes);
  llvm::legacy::PassManager passes;
  if (machine.addPassesToEmitFile(passes, stream, nullptr, type))
    return false;
  passes.run(module);
  return true;
}

LogicalResult checkDefined(gpu::GPUModuleOp module, ArrayRef<char> object) {
  llvm::Expected<std::vector<std::string>> names = ::pa::undefinedSymbols(object);
  if (!names)
    return module.emitError("the object that LLVM made cannot be read: ") << llvm::toString(names.takeError());
  for (const std::string &name : *names) {
    Operation *declaration = module.lookupSymbol(name);
    InFlightDiagnostic error = emitError(declaration ? declaration->getLoc() : module.getLoc());
    error << "undefined symbol '" << name << "': there is no device library to link";
    if (StringRef(name).starts_with("__oc"))
      error << "; the math op that became this call needs a rocdl op of its own";
  }
  return success(names->empty());
}

LogicalResult makeObject(gpu::GPUModuleOp module, llvm::Module &llvmModule, llvm::TargetMachine &machine,
                         mlir::pa::LLVMDiagnostics &diagnostics, mlir::pa::CodegenResult &result) {
  SmallVector<char, 0> relocatable;
  bool emitted = timed(result.times, "codegen",
                       [&] { return emit(llvmModule, machine, llvm::CodeGenFileType::ObjectFile, relocatable); });
  if (!emitted)
    return module.emitError("LLVM's AMDGPU target cannot emit an object file");
  if (diagnostics.anyError() || failed(checkDefined(module, relocatable)))
    return failure();
  llvm::Expected<std::vector<char>> linked =
      timed(result.times, "link", [&] { return ::pa::linkCodeObject(relocatable); });
  if (!linked)
    return module.emitError() << llvm::toString(linked.takeError());
  result.object = std::move(*linked);
  return success();
}

LogicalResult makeIsa(gpu::GPUModuleOp module, llvm::Module &llvmModule, llvm::TargetMachine &machine,
                      mlir::pa::LLVMDiagnostics &diagnostics, mlir::pa::CodegenResult &result) {
  SmallVector<char, 0> text;
  bool emitted = timed(result.times, "isa text",
                       [&] { return emit(llvmModule, machine, llvm::CodeGenFileType::AssemblyFile, text); });
  if (!emitted)
    return module.emitError("LLVM's AMDGPU target cannot emit assembly");
  result.isa.assign(text.begin(), text.end());
  return failure(diagnostics.anyError());
}

// What has no translation would fail there with a message that names an interface, not the op.
LogicalResult checkLowered(gpu::GPUModuleOp module) {
  Operation *left = nullptr;
  module.getBody()->walk([&](Operation *op) {
    StringRef dialect = op->getName().getDialectNamespace();
    if (dialect == "llvm" || dialect == "rocdl")
      return WalkResult::advance();
    left = op;
    return WalkResult::interrupt();
  });
  if (!left)
    return success();
  return left->emitError("op '") << left->getName() << "' is not lowered: codegen takes ops of llvm and rocdl only";
}

} // namespace

FailureOr<std::string> mlir::pa::resolveChip(gpu::GPUModuleOp module, StringRef asked) {
  ArrayAttr targets = module.getTargetsAttr();
  if (!targets || targets.empty()) {
    if (asked.empty())
      return module.emitError("gpu.module has no #rocdl.target and no chip is given");
    return asked.str();
  }
  auto target = dyn_cast<ROCDL::ROCDLTargetAttr>(targets[0]);
  if (targets.size() != 1 || !target)
    return module.emitError("expected one #rocdl.target, got ") << targets;
  if (!target.getFeatures().empty())
    return module.emitError("#rocdl.target features '") << target.getFeatures() << "' are not supported, only none";
  if (!asked.empty() && target.getChip() != asked)
    return module.emitError("gpu.module is for chip '") << target.getChip() << "', asked for '" << asked << "'";
  return target.getChip().str();
}

FailureOr<mlir::pa::CodegenResult> mlir::pa::compileGpuModule(gpu::GPUModuleOp module, const CodegenOptions &options,
                                                              const CodegenOutputs &wanted) {
  if (failed(checkOptions(module, options)) || failed(checkLowered(module)))
    return failure();
  std::unique_ptr<llvm::TargetMachine> machine = createTargetMachine(module, options);
  if (!machine)
    return failure();

  llvm::LLVMContext context;
  LLVMDiagnostics diagnostics(context, module);
  CodegenResult result;
  std::unique_ptr<llvm::Module> llvmModule =
      timed(result.times, "translate", [&] { return translate(module, context, *machine, options); });
  if (!llvmModule)
    return failure();
  if (wanted.llvmIR)
    result.llvmIR = print(*llvmModule);
  if (!wanted.optimizedIR && !wanted.isa && !wanted.object)
    return result;

  timed(result.times, "optimize", [&] { optimize(*llvmModule, *machine, options.optLevel); });
  if (diagnostics.anyError())
    return failure();
  if (wanted.optimizedIR)
    result.optimizedIR = print(*llvmModule);
  std::unique_ptr<llvm::Module> copy = wanted.isa && wanted.object ? llvm::CloneModule(*llvmModule) : nullptr;
  if (wanted.object && failed(makeObject(module, *llvmModule, *machine, diagnostics, result)))
    return failure();
  if (wanted.isa) {
    // The copy would repeat every warning of the first run.
    diagnostics.mute(wanted.object);
    if (failed(makeIsa(module, copy ? *copy : *llvmModule, *machine, diagnostics, result)))
      return failure();
  }
  return result;
}

void mlir::pa::registerCodegenTranslations(DialectRegistry &registry) {
  registerBuiltinDialectTranslation(registry);
  registerGPUDialectTranslation(registry);
  registerLLVMDialectTranslation(registry);
  registerROCDLDialectTranslation(registry);
}
