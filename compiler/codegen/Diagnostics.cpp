#include "compiler/codegen/Diagnostics.h"

#include "llvm/IR/DiagnosticHandler.h"
#include "llvm/IR/DiagnosticInfo.h"
#include "llvm/IR/DiagnosticPrinter.h"
#include "llvm/IR/Function.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using State = mlir::pa::LLVMDiagnostics::State;

namespace {

std::string textOf(const llvm::DiagnosticInfo &info) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  llvm::DiagnosticPrinterRawOStream printer(stream);
  info.print(printer);
  StringRef trimmed(text);
  trimmed.consume_front("<unknown>:0:0: "); // LLVM's place for code without debug info
  return trimmed.trim().str();
}

Location locationOf(const llvm::DiagnosticInfo &info, gpu::GPUModuleOp module) {
  const llvm::Function *function = nullptr;
  if (auto *limit = llvm::dyn_cast<llvm::DiagnosticInfoResourceLimit>(&info))
    function = &limit->getFunction();
  else if (auto *unsupported = llvm::dyn_cast<llvm::DiagnosticInfoUnsupported>(&info))
    function = &unsupported->getFunction();
  else if (auto *missed = llvm::dyn_cast<llvm::DiagnosticInfoOptimizationFailure>(&info))
    function = &missed->getFunction();
  Operation *op = function ? module.lookupSymbol(function->getName()) : nullptr;
  return op ? op->getLoc() : module.getLoc();
}

struct Handler : llvm::DiagnosticHandler {
  explicit Handler(State &state) : state(state) {}

  bool handleDiagnostics(const llvm::DiagnosticInfo &info) override {
    bool error = info.getSeverity() == llvm::DS_Error;
    state.anyError |= error;
    if (state.muted || (!error && info.getSeverity() != llvm::DS_Warning))
      return true;
    Location place = locationOf(info, state.module);
    (error ? emitError(place) : emitWarning(place)) << textOf(info);
    return true;
  }

  State &state;
};

} // namespace

mlir::pa::LLVMDiagnostics::LLVMDiagnostics(llvm::LLVMContext &context, gpu::GPUModuleOp module)
    : context(context), state{module} {
  context.setDiagnosticHandler(std::make_unique<Handler>(state));
}

mlir::pa::LLVMDiagnostics::~LLVMDiagnostics() { context.setDiagnosticHandler(nullptr); }
