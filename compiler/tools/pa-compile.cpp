// pa-compile: an .mlir file, or a variant's description, to a code object for each chip asked for.
#include "compiler/codegen/OutputFile.h"
#include "compiler/codegen/ReportText.h"
#include "compiler/pipeline/VariantToIr.h"
#include "compiler/target/Chip.h"
#include "compiler/tools/Asker.h"
#include "compiler/tools/BundleCommand.h"
#include "compiler/tools/CacheCommand.h"
#include "compiler/tools/CompileObject.h"
#include "compiler/tools/ExplainCommand.h"
#include "compiler/tools/StageFiles.h"
#include "compiler/variant/Nearest.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Support/FileUtilities.h"
#include "runtime/jit/Framed.h"
#include "runtime/jit/Identity.h"
#include "llvm/ADT/StringExtras.h"
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

namespace {

enum class Emit { llvm, isa, hsaco };
enum class Explain { no, text, json };

cl::OptionCategory category("pa-compile options");
cl::opt<std::string> inputName(cl::Positional, cl::desc("<.mlir, or a variant's JSON; - for standard input>"),
                               cl::Required, cl::cat(category));
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
cl::opt<std::string>
    functionName("function", cl::value_desc("name"), cl::cat(category),
                 cl::desc("The function to compile, of a module with several: an object has one kernel"));
cl::opt<unsigned> optLevel("O", cl::desc("LLVM optimization level, 0 to 3 (default 3)"), cl::init(3), cl::Prefix,
                           cl::cat(category));
cl::opt<bool> asReply("reply", cl::Hidden, cl::cat(category),
                      cl::desc("For libpa: the output with a checksum and this compiler's identity"));
cl::opt<unsigned> memoryLimit("memory-limit", cl::value_desc("MiB"), cl::init(0), cl::cat(category),
                              cl::desc("The most address space that compiling may take (default: no limit)"));
cl::opt<bool> isVariant("variant", cl::cat(category),
                        cl::desc("The input is a variant's JSON, as it is anyway if it begins with {"));
cl::opt<Explain> explains("explain", cl::ValueOptional, cl::init(Explain::no), cl::cat(category),
                          cl::desc("Of a variant: whether it is supported and how it is compiled, or why not"),
                          cl::values(clEnumValN(Explain::text, "", "in words"),
                                     clEnumValN(Explain::text, "text", "in words"),
                                     clEnumValN(Explain::json, "json", "as JSON")));
cl::opt<unsigned> codeObjectVersion("code-object-version", cl::desc("5 (default) or 6"), cl::init(5),
                                    cl::cat(category));

struct Output {
  std::string path;
  ::pa::Compiled compiled;

  StringRef content() const {
    const mlir::pa::CodegenResult &code = compiled.code;
    return emitKind == Emit::hsaco ? compiled.object() : emitKind == Emit::isa ? StringRef(code.isa) : code.optimizedIR;
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
  if (explains != Explain::no)
    return outputName.empty() ? "" : "--explain writes to standard output, -o is '" + outputName + "'";
  if (outputName.empty() && emitKind == Emit::hsaco)
    return "a code object needs an output file: -o <file>";
  if (outputName.empty())
    outputName = "-";
  if (outputName == "-" && chipNames.size() > 1)
    return "standard output takes one chip, got " + std::to_string(chipNames.size());
  return "";
}

::pa::CompileOptions compileOptions() {
  ::pa::CompileOptions options;
  options.optLevel = optLevel;
  options.codeObjectVersion = codeObjectVersion;
  options.paOptions = paOptions;
  options.function = functionName;
  options.wanted.optimizedIR = emitKind == Emit::llvm;
  options.wanted.isa = emitKind == Emit::isa;
  options.wanted.object = emitKind == Emit::hsaco || wantsReport() || explains != Explain::no;
  return options;
}

llvm::Error report(const std::vector<Output> &all) {
  llvm::json::Array outputs;
  llvm::raw_ostream &text = outputName == "-" ? llvm::errs() : llvm::outs();
  for (const Output &one : all) {
    auto inspected = ::pa::inspectCodeObject(llvm::MemoryBufferRef(one.compiled.object(), one.path));
    if (!inspected)
      return inspected.takeError();
    if (printsReport) {
      ::pa::printReport(text, one.path, *inspected);
      ::pa::printTimes(text, one.compiled.times);
    }
    llvm::json::Object entry = ::pa::reportToJson(one.path, *inspected);
    entry["room"] = one.compiled.room;
    entry["compile_ms"] = ::pa::timesToJson(one.compiled.times);
    outputs.push_back(std::move(entry));
  }
  if (jsonName.empty())
    return llvm::Error::success();
  llvm::json::Object whole{{"llvm", LLVM_VERSION_STRING}, {"objects", std::move(outputs)}};
  return ::pa::writeOutputFile(jsonName, llvm::formatv("{0:2}\n", llvm::json::Value(std::move(whole))).str());
}

int write(const std::vector<Output> &all) {
  for (const Output &one : all) {
    std::string reply = asReply ? ::pa::frame(::pa::replyMagic, ::pa::compilerIdentity(), one.content()) : "";
    if (llvm::Error failed = ::pa::writeOutputFile(one.path, asReply ? StringRef(reply) : one.content()))
      return fail(llvm::toString(std::move(failed)));
  }
  if (wantsReport())
    if (llvm::Error failed = report(all))
      return fail(llvm::toString(std::move(failed)));
  return 0;
}

// For every chip, before any is written: an error leaves no output.
int compileAndWrite(ModuleOp source, const ::pa::AnyVariant *variant, const std::vector<::pa::StageTime> &parseTime) {
  std::vector<Output> all;
  for (const std::string &chip : chipNames) {
    Output &one = all.emplace_back();
    one.path = outputFor(chip);
    one.compiled.times = parseTime;
    std::optional<::pa::StageFiles> stages;
    if (!stagesDirectory.empty())
      stages.emplace(stagesDirectory, chip);
    if (failed(::pa::compileModule(source, chip, compileOptions(), variant, stages ? &*stages : nullptr, one.compiled)))
      return 1;
    if (stages)
      if (llvm::Error failed = stages->takeError())
        return fail(llvm::toString(std::move(failed)));
  }
  return write(all);
}

int explainAll(MLIRContext &context, const ::pa::AnyVariant &variant) {
  llvm::json::Array answers;
  bool supported = true;
  std::string text;
  llvm::raw_string_ostream out(text);
  for (const std::string &chip : chipNames) {
    auto explanation = ::pa::explain(context, variant, *::pa::findChip(chip), compileOptions());
    if (!explanation)
      return fail(llvm::toString(explanation.takeError()));
    supported &= explanation->supported;
    if (explains == Explain::text)
      ::pa::printExplanation(out, *explanation);
    answers.push_back(std::move(explanation->json));
  }
  if (explains == Explain::json)
    out << llvm::formatv("{0:2}\n", llvm::json::Value(std::move(answers)));
  llvm::outs() << (asReply ? ::pa::frame(::pa::replyMagic, ::pa::compilerIdentity(), text) : text);
  return supported ? 0 : 1;
}

// All that is wrong with it, then all that is not supported; what is fine is compiled.
int runVariant(MLIRContext &context, StringRef text) {
  auto parsed = ::pa::parseAnyVariant(std::string_view(text.data(), text.size()));
  if (!parsed.errors.empty())
    return fail(inputName + ": " + toText(parsed.errors, "\n  "));
  if (explains != Explain::no)
    return explainAll(context, parsed.variant);
  for (const std::string &chip : chipNames)
    if (std::string refusal = ::pa::refusalInWords(parsed.variant, *::pa::findChip(chip)); !refusal.empty())
      return fail(inputName + ": not supported on " + chip + "\n" + refusal);
  auto module = mlir::pa::buildVariantModule(FileLineColLoc::get(&context, inputName, 1, 1), parsed.variant);
  return module ? compileAndWrite(*module, &parsed.variant, {}) : 1;
}

int run() {
  std::string error;
  std::unique_ptr<llvm::MemoryBuffer> file = openInputFile(inputName, &error);
  if (!file)
    return fail(error);
  if (asReply)
    ::pa::endWithAsker();
  DialectRegistry registry;
  ::pa::registerCompilerDialects(registry);
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  context.printOpOnDiagnostic(false); // the place says enough, and the op can be a whole kernel
  llvm::SourceMgr sources;
  StringRef text = sources.getMemoryBuffer(sources.AddNewSourceBuffer(std::move(file), llvm::SMLoc()))->getBuffer();
  SourceMgrDiagnosticHandler diagnostics(sources, &context);
  if (isVariant || text.ltrim().starts_with("{"))
    return runVariant(context, text);
  if (explains != Explain::no)
    return fail("--explain is for a variant's JSON, which begins with {: '" + inputName + "' does not");
  std::vector<::pa::StageTime> parseTime;
  OwningOpRef<ModuleOp> source =
      ::pa::timed(parseTime, "parse", [&] { return parseSourceFile<ModuleOp>(sources, &context); });
  return source ? compileAndWrite(*source, nullptr, parseTime) : 1;
}

} // namespace

int main(int argc, char **argv) {
  if (argc > 1 && StringRef(argv[1]) == "cache")
    return ::pa::cacheCommand(argc, argv);
  llvm::install_fatal_error_handler(onFatalError);
  cl::HideUnrelatedOptions(category);
  cl::ParseCommandLineOptions(argc, argv, "compiles attention kernels to AMDGPU code objects\n");
  if (int status; ::pa::bundleCommand(status))
    return status;
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
