// Passes that need more than the dialect: the chip table, the description of a kernel for the runtime.
#ifndef PA_COMPILER_PIPELINE_PASSES_H
#define PA_COMPILER_PIPELINE_PASSES_H

#include "mlir/Pass/Pass.h"

#include <memory>
#include <string>

namespace mlir::pa {

/// `pa-set-target`: puts the chip's #pa.target on the module.
std::unique_ptr<Pass> createSetTargetPass(std::string chip, int64_t room);

/// `pa-describe-variant`: notes on each function what its pa.decode computes, while that can still be read.
std::unique_ptr<Pass> createDescribeVariantPass();

/// `pa-embed-description`: the kernel's own description, as JSON, becomes the section `.pa.variant` of its object.
std::unique_ptr<Pass> createEmbedDescriptionPass();

} // namespace mlir::pa

#endif
