// What a run's observers write: a trace of instructions with registers, and a timeline for Chrome or Perfetto.
#ifndef PA_RUNTIME_EMULATOR_TOOL_TRACE_H
#define PA_RUNTIME_EMULATOR_TOOL_TRACE_H

#include "runtime/emulator/Emulator.h"

namespace pa::emu::tool {

// Of one wave of one workgroup, from instruction `from` to `to` of that wave.
struct TraceChoice {
  std::array<uint32_t, 3> workgroup = {0, 0, 0};
  uint32_t wave = 0;
  uint64_t from = 0, to = ~0ull;
};

class Tracer : public Observer {
public:
  Tracer(bool registers, const TraceChoice &choice, bool timeline)
      : wantsText(registers), choice(choice), wantsTimeline(timeline) {}
  void instruction(const InstructionEvent &event) override;
  bool wantsRegisters(const InstructionEvent &event) override;
  void registers(const InstructionEvent &event, const std::vector<RegisterValue> &read,
                 const std::vector<RegisterValue> &written) override;

  std::string text() const { return lines; }
  std::string timeline();

private:
  struct Span {
    std::array<uint32_t, 3> workgroup{};
    uint32_t wave = 0;
    uint64_t begin = 0, end = 0;
  };
  struct Mark {
    Span where;
    std::string name;
  };
  bool wantsText;
  TraceChoice choice;
  bool wantsTimeline;
  uint64_t clock = 0; // instructions of all waves
  uint64_t seen = 0;  // of the chosen wave
  std::string lines;
  std::vector<Span> spans;
  std::vector<Mark> marks;
};

} // namespace pa::emu::tool

#endif
