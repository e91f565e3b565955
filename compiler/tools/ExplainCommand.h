// pa-compile --explain: whether a variant is supported and how it is compiled, or every reason why not.
#ifndef PA_COMPILER_TOOLS_EXPLAINCOMMAND_H
#define PA_COMPILER_TOOLS_EXPLAINCOMMAND_H

#include "compiler/tools/CompileObject.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

namespace pa {

struct Explanation {
  bool supported = false;
  std::string words;       // the variant, in short
  std::string nearest;     // what is supported instead, "" if nothing is known
  llvm::json::Object json; // docs/variant.md has its fields
};

// Really compiles what is supported: registers, LDS and instructions are the object's.
llvm::Expected<Explanation> explain(mlir::MLIRContext &context, const AnyVariant &variant, const Chip &chip,
                                    const CompileOptions &options);

void printExplanation(llvm::raw_ostream &out, const Explanation &explanation);

} // namespace pa

#endif
