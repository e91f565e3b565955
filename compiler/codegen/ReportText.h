// A code object's report for people and for machines.
#ifndef PA_COMPILER_CODEGEN_REPORTTEXT_H
#define PA_COMPILER_CODEGEN_REPORTTEXT_H

#include "compiler/codegen/InFlight.h"
#include "compiler/codegen/ObjectReport.h"
#include "compiler/codegen/StageTime.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

namespace pa {

struct FullReport {
  ObjectReport object;
  std::vector<KernelAnalysis> kernels; // one for each of object.kernels
};

// Reads and disassembles; the report refers to `object`'s bytes.
llvm::Expected<FullReport> inspectCodeObject(llvm::MemoryBufferRef object);

void printReport(llvm::raw_ostream &out, llvm::StringRef file, const FullReport &report);
void printTimes(llvm::raw_ostream &out, const std::vector<StageTime> &times);
// The KV loop's main path of each kernel, each line with the KV bytes a wave has in flight after it.
void printLoops(llvm::raw_ostream &out, const FullReport &report);
// Each kernel's machine code, with addresses.
void printCode(llvm::raw_ostream &out, const FullReport &report);

llvm::json::Object reportToJson(llvm::StringRef file, const FullReport &report);
llvm::json::Array timesToJson(const std::vector<StageTime> &times);

} // namespace pa

#endif
