// Which codes and which scales a generated cache has.
#ifndef PA_COMPILER_TOOLS_RUN_CACHENUMBERS_H
#define PA_COMPILER_TOOLS_RUN_CACHENUMBERS_H

#include "compiler/tools/run/MakeProblem.h"

namespace pa::run {

// Of keys or of values. What is stored times its scale is about normal with variance 1, unless the distribution says
// otherwise.
class CacheNumbers {
public:
  CacheNumbers(const InputOptions &options, const Problem &problem, Tensor tensor);

  // The codes of one token and head; `scale` is what scaleOf gave for it.
  void fill(std::vector<uint16_t> &codes, int sequence, int position, int head, float scale) const;
  // The scale of what `part` of a sequence (a token, a page) and head is; 1 without scales.
  float scaleOf(int sequence, int part, int head) const;
  // constant-v: the code that the output has for values of this head.
  std::vector<uint16_t> constantOutput(int head) const;

private:
  Quantiles normalCodes() const;
  Quantiles exactCodes() const;
  std::vector<uint16_t> finiteCodes() const;
  void placeNaN(std::vector<uint16_t> &codes, int sequence, int position, Stream stream) const;

  const InputOptions &options;
  const Problem &problem;
  Tensor tensor;
  int size; // elements of a token and head
  bool constant;
  float base = 1;                  // scales are near it
  std::vector<uint16_t> codeOfNaN; // every-code: the format's NaNs
  Quantiles table;
};

} // namespace pa::run

#endif
