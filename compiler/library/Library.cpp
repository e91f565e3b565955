// libpa_compiler.so: the compiler in the engine's own process. What goes wrong in LLVM then goes wrong in the engine; a
// process for each compilation (pa-compile) is the default for that reason.
#include "compiler/tools/CompileObject.h"
#include "mlir/Parser/Parser.h"
#include "runtime/jit/Framed.h"
#include "runtime/jit/Identity.h"
#include "runtime/jit/InProcess.h"

namespace {

llvm::Expected<pa::Compiled> compileText(llvm::StringRef text, const pa::Chip &chip,
                                         const pa::CompileOptions &options) {
  mlir::DialectRegistry registry;
  pa::registerCompilerDialects(registry);
  mlir::MLIRContext context(registry, mlir::MLIRContext::Threading::DISABLED);
  context.printOpOnDiagnostic(false);
  if (text.ltrim().starts_with("{")) {
    auto parsed = pa::parseAnyVariant(std::string_view(text.data(), text.size()));
    if (!parsed.errors.empty())
      return llvm::createStringError(parsed.errors.front().text);
    return pa::compileVariant(context, parsed.variant, chip, options);
  }
  return pa::withDiagnostics(context, [&](pa::Compiled &result) {
    auto module = mlir::parseSourceString<mlir::ModuleOp>(text, mlir::ParserConfig(&context));
    return llvm::success(module && succeeded(pa::compileModule(*module, chip.name, options, nullptr, nullptr, result)));
  });
}

} // namespace

extern "C" __attribute__((visibility("default"))) int pa_compiler_compile(const char *source, size_t bytes,
                                                                          const char *chipName, const char *options,
                                                                          pa_compiler_take *take, void *context) {
  const pa::Chip *chip = pa::findChip(chipName);
  if (!chip)
    return 1; // libpa has asked for one that it knows
  pa::CompileOptions compile;
  compile.paOptions = options;
  compile.wanted.object = true;
  auto compiled = compileText({source, bytes}, *chip, compile);
  std::string reply = compiled ? pa::frame(pa::replyMagic, pa::compilerIdentity(), compiled->object())
                               : llvm::toString(compiled.takeError());
  take(context, reply.data(), reply.size());
  return compiled ? 0 : 1;
}
