// Which of a kernel descriptor's bits are honoured (LLVM AMDGPUUsage "Kernel Descriptor"). All others must be zero.
#include "runtime/emulator/core/Dispatch.h"
#include "runtime/emulator/core/Grid.h"
#include "runtime/emulator/core/Text.h"

namespace pa::emu {
namespace {

struct Refused {
  uint32_t Descriptor::*word;
  unsigned low, count;
  const char *what;
};

const Refused refusedBits[] = {
    {&Descriptor::rsrc1, 10, 2, "a priority, which is the host's to set"},
    {&Descriptor::rsrc1, 20, 1, "privileged mode"},
    {&Descriptor::rsrc1, 22, 1, "debug mode"},
    {&Descriptor::rsrc1, 24, 1, "bulky launches"},
    {&Descriptor::rsrc1, 25, 1, "the debugger's bit"},
    {&Descriptor::rsrc1, 27, 5, "reserved bits of compute_pgm_rsrc1"},
    {&Descriptor::rsrc2, 6, 1, "a trap handler, which is the host's to set"},
    {&Descriptor::rsrc2, 13, 1, "address watch exceptions"},
    {&Descriptor::rsrc2, 14, 1, "memory exceptions"},
    {&Descriptor::rsrc2, 15, 9, "an amount of LDS in compute_pgm_rsrc2, which is the host's to set"},
    {&Descriptor::rsrc2, 24, 6, "floating-point exceptions"},
    {&Descriptor::rsrc2, 30, 1, "integer exceptions"},
    {&Descriptor::rsrc2, 31, 1, "reserved bits of compute_pgm_rsrc2"},
    {&Descriptor::rsrc3, 6, 10, "reserved bits of compute_pgm_rsrc3"},
    {&Descriptor::rsrc3, 17, 15, "reserved bits of compute_pgm_rsrc3"},
    {&Descriptor::codeProperties, 0, 1, "a private segment buffer, which these chips do not have"},
    {&Descriptor::codeProperties, 7, 3, "reserved bits of kernel_code_properties"},
    {&Descriptor::codeProperties, 10, 1, "waves of 32 lanes"},
    {&Descriptor::codeProperties, 12, 4, "reserved bits of kernel_code_properties"},
};

unsigned userScalars(const Descriptor &d) {
  unsigned total = d.preloadDwords();
  for (unsigned pointer : {property::dispatchPtr, property::queuePtr, property::kernargPtr, property::dispatchId,
                           property::flatScratchInit})
    total += 2 * unsigned(d.property(pointer));
  return total + unsigned(d.property(property::privateSegmentSize));
}

} // namespace

std::vector<std::string> refusedFields(const ObjectKernel &kernel) {
  const Descriptor &d = kernel.descriptor;
  std::vector<std::string> refused;
  auto refuse = [&](const std::string &what) { refused.push_back("its descriptor " + what); };
  for (const Refused &r : refusedBits)
    if (d.*r.word >> r.low & ((1u << r.count) - 1))
      refuse(std::string("asks for ") + r.what);
  if (d.reserved)
    refuse("has reserved bytes that are not zero");
  if (d.field2(11, 2) == 3)
    refuse("asks for work-item ids of more than three dimensions");
  if (kernel.info.accumOffset > kernel.info.vgprs)
    refuse(format("has accumulation registers from %u on, past its %u registers", kernel.info.accumOffset,
                  kernel.info.vgprs));
  unsigned count = d.field2(1, 5), needed = userScalars(d);
  if (count > 16)
    refuse(format("has %u user SGPRs, at most 16 allowed", count));
  if (needed > count)
    refuse(format("has %u user SGPRs, and asks for %u", count, needed));
  return refused;
}

} // namespace pa::emu
