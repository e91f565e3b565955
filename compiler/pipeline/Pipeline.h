// How the passes compose: one description of the pipeline for pa-opt, pa-compile and tests.
#ifndef PA_COMPILER_PIPELINE_PIPELINE_H
#define PA_COMPILER_PIPELINE_PIPELINE_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/PassManager.h"

#include <string>

namespace mlir::pa {

/// Options of the pipeline; each optional pass can be left out and the result is still right.
struct PipelineOptions {
  bool shuffle = true;      // pa-shuffle-kv-layout
  bool split = true;        // pa-split-kv
  bool peel = true;         // pa-peel-masks
  bool prefetch = true;     // pa-prefetch-kv
  bool peelWindow = true;   // pa-peel-window
  bool doubleBuffer = true; // pa-double-buffer-lds; off means one stage
  bool shareQueries = true; // pa-share-queries
  bool nontemporal = true;  // pa-mark-nontemporal
  int64_t stages = 2;
  int64_t minShare = 512;
  int64_t splitTokens = 0; // of parts of a fixed size
  int64_t room = unsaid;   // that plans leave for registers: compiler/target/Target.h

  static constexpr int64_t unsaid = -1; // pa-compile finds out, else 0
};

/// Reads `key=value` pairs separated by blanks or commas, e.g. "prefetch=false stages=1". On an error returns its text,
/// which names the option, what it got and what is allowed.
std::string parsePipelineOptions(StringRef text, PipelineOptions &options);

/// Puts `#pa.target` of `chip` on the module. An unknown chip is an error that lists the known ones.
LogicalResult setTarget(ModuleOp module, StringRef chip, int64_t room = 0);

/// From attention level to a gpu.module in llvm and rocdl. The module has its target already.
void buildPipeline(OpPassManager &passes, const PipelineOptions &options);

/// `--pa-pipeline="chip=gfx950 ..."` of pa-opt, and the passes of this folder.
void registerPipeline();

} // namespace mlir::pa

#endif
