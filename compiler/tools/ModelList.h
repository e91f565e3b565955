// Models of a table (examples/models.csv) as the attention variants that they need at a degree of tensor parallelism.
#ifndef PA_COMPILER_TOOLS_MODELLIST_H
#define PA_COMPILER_TOOLS_MODELLIST_H

#include "compiler/variant/AnyVariant.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace pa {

struct NamedVariant {
  std::string name; // "Llama-3.1 8B, tp 2"
  AnyVariant variant;
};

// A model whose heads no variant can have: with 8-bit caches they are of multiples of 16.
struct LeftOut {
  std::string name;
  std::string description; // JSON
  std::string reasons;     // one a line
};

struct Models {
  std::vector<NamedVariant> variants;
  std::vector<LeftOut> leftOut;
};

// What a table of models does not say: caches, pages, tokens. Each is a list, and all combinations are wanted; scales
// are those of caches that have any, which 16-bit ones have not.
struct ServingChoices {
  std::vector<std::string> cacheTypes, layouts, scales;
  std::vector<unsigned> pageSizes, queryTokens;
};

// Text with a header row and the columns model, head_dim_qk_v ("128" or "192/128"), window_and_other, sinks ("yes") and
// tp<N> ("32/8=4": query and KV heads of a rank; "n/a": cannot be divided so). Of window_and_other: a part, between ; ,
// and +, that begins with a number is a window, for which the model has layers beside those without; "softcap" caps
// scores. "ALiBi" and "cross-attn" in the model's name are what they say. Latent attention ("MLA") is not looked at.
llvm::Expected<Models> readModels(llvm::StringRef text, const std::vector<unsigned> &tensorParallel,
                                  const ServingChoices &choices);

} // namespace pa

#endif
