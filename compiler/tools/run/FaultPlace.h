// What a kernel's bad access means in terms of the call: which sequence, position and table entry.
#ifndef PA_COMPILER_TOOLS_RUN_FAULTPLACE_H
#define PA_COMPILER_TOOLS_RUN_FAULTPLACE_H

#include "compiler/tools/run/Session.h"

namespace pa::run {

// "page-table entry 1000 of sequence 2 at position 3 (tokens 48..63) is outside the cache of 880 pages"; "" if the
// fault is explained neither by a used entry outside the cache nor by an entry past a sequence's end.
std::string explainFault(const KernelFault &fault, const Problem &problem, const DecodeCall &call);

std::string badPageText(const Problem &problem, const reference::BadPage &bad);

} // namespace pa::run

#endif
