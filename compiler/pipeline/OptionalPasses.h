// The pipeline's optional passes, by their option of pa-compile, in the order they run. Plain C++: pa-run has no MLIR.
#ifndef PA_COMPILER_PIPELINE_OPTIONALPASSES_H
#define PA_COMPILER_PIPELINE_OPTIONALPASSES_H

namespace pa {

inline constexpr const char *optionalPasses[] = {"shuffle",     "split",         "peel",          "prefetch",
                                                 "peel-window", "double-buffer", "share-queries", "nontemporal"};

} // namespace pa

#endif
