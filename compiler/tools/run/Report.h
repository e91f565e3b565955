// What pa-run says at the end: one text for people, one JSON object for machines.
#ifndef PA_COMPILER_TOOLS_RUN_REPORT_H
#define PA_COMPILER_TOOLS_RUN_REPORT_H

#include "compiler/tools/run/PassWorth.h"
#include "compiler/tools/run/Verify.h"

namespace pa::run {

struct Report {
  std::string input, device;
  const KernelDescription *description = nullptr;
  const Options *options = nullptr;
  const Problem *problem = nullptr;
  DecodePlan plan;
  Json resources; // pa-inspect's entry of the kernel, or null
  Json counters;  // of the first launch, or null
  std::vector<double> launchSeconds;
  std::optional<Verification> verification;
  std::vector<Check> exactness;
  std::vector<PassWorth> passes; // with all of them, then without each; empty if not asked for
  // A kernel fault or a used page outside the cache: message, and the fault if the device told it.
  std::string finding;
  std::optional<KernelFault> fault;

  // Nothing failed, and the result was compared with the reference.
  bool verified() const;
  // Nothing failed of what was asked for.
  bool ok() const;
};

std::string textReport(const Report &report);
Json jsonReport(const Report &report);

} // namespace pa::run

#endif
