// pa-inspect: what a code object holds, its kernels' resources, and how their KV loops keep memory busy.
#include "compiler/codegen/OutputFile.h"
#include "compiler/codegen/ReportText.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/WithColor.h"

namespace cl = llvm::cl;

namespace {

cl::OptionCategory category("pa-inspect options");
cl::opt<std::string> input(cl::Positional, cl::desc("<code object>"), cl::Required, cl::cat(category));
cl::opt<bool> json("json", cl::desc("Print the report as JSON"), cl::cat(category));
cl::opt<bool> loop("loop", cl::desc("Print each KV loop with the KV bytes in flight after each instruction"),
                   cl::cat(category));
cl::opt<bool> code("code", cl::desc("Print each kernel's machine code"), cl::cat(category));

int fail(const llvm::Twine &message) {
  llvm::errs() << "pa-inspect: error: " << message << '\n';
  return 1;
}

} // namespace

int main(int argc, char **argv) {
  cl::HideUnrelatedOptions(category);
  cl::ParseCommandLineOptions(argc, argv, "reports on an AMDGPU code object\n");

  auto buffer = llvm::MemoryBuffer::getFileOrSTDIN(input, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!buffer)
    return fail("cannot read '" + input + "': " + buffer.getError().message());
  auto report = pa::inspectCodeObject((*buffer)->getMemBufferRef());
  if (!report)
    return fail("'" + input + "': " + llvm::toString(report.takeError()));
  if (json)
    llvm::outs() << llvm::formatv("{0:2}\n", llvm::json::Value(pa::reportToJson(input, *report)));
  else
    pa::printReport(llvm::outs(), input, *report);
  if (loop)
    pa::printLoops(llvm::outs(), *report);
  if (code)
    pa::printCode(llvm::outs(), *report);
  return 0;
}
