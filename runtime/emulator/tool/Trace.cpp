#include "runtime/emulator/tool/Trace.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>

namespace pa::emu::tool {
namespace {

std::string hex(uint32_t x) {
  char text[16];
  std::snprintf(text, sizeof text, "%08x", x);
  return text;
}

// A vector register whose lanes agree is one word.
std::string describe(const RegisterValue &v) {
  std::string out = v.name + "=" + hex(v.words[0]);
  if (std::all_of(v.words.begin(), v.words.end(), [&](uint32_t x) { return x == v.words[0]; }))
    return out;
  for (size_t n = 1; n < v.words.size(); ++n)
    out += "," + hex(v.words[n]);
  return out;
}

} // namespace

bool Tracer::wantsRegisters(const InstructionEvent &e) {
  if (!wantsText || e.wave != choice.wave || e.workgroup != choice.workgroup)
    return false;
  ++seen;
  return seen > choice.from && seen <= choice.to;
}

void Tracer::registers(const InstructionEvent &e, const std::vector<RegisterValue> &read,
                       const std::vector<RegisterValue> &written) {
  char head[64];
  std::snprintf(head, sizeof head, "%8llu +0x%04llx exec=%016llx  ", (unsigned long long)(seen - 1),
                (unsigned long long)e.offset, (unsigned long long)e.exec);
  lines += head + std::string(e.text) + "\n";
  for (const RegisterValue &v : read)
    lines += "           read  " + describe(v) + "\n";
  for (const RegisterValue &v : written)
    lines += "           wrote " + describe(v) + "\n";
}

void Tracer::instruction(const InstructionEvent &e) {
  ++clock;
  if (!wantsTimeline)
    return;
  bool same = !spans.empty() && spans.back().wave == e.wave && spans.back().workgroup == e.workgroup;
  if (!same)
    spans.push_back({e.workgroup, e.wave, clock - 1, clock});
  spans.back().end = clock;
  if (e.kind == "barrier" || e.kind == "vmem" || e.kind == "smem" || e.kind == "waitcnt")
    marks.push_back({{e.workgroup, e.wave, clock - 1, clock}, std::string(e.text)});
}

// One microsecond an instruction; a process for each workgroup, a thread for each wave.
std::string Tracer::timeline() {
  nlohmann::json events = nlohmann::json::array();
  auto process = [](const Span &s) {
    return "workgroup (" + std::to_string(s.workgroup[0]) + ", " + std::to_string(s.workgroup[1]) + ", " +
           std::to_string(s.workgroup[2]) + ")";
  };
  auto event = [&](const Span &s, const char *phase, const std::string &name) {
    return nlohmann::json{
        {"ph", phase}, {"name", name}, {"pid", process(s)}, {"tid", "wave " + std::to_string(s.wave)}, {"ts", s.begin}};
  };
  for (const Span &s : spans) {
    nlohmann::json j = event(s, "X", "runs");
    j["dur"] = s.end - s.begin;
    events.push_back(std::move(j));
  }
  for (const Mark &m : marks) {
    nlohmann::json j = event(m.where, "i", m.name);
    j["s"] = "t";
    events.push_back(std::move(j));
  }
  return nlohmann::json{{"traceEvents", events}}.dump() + "\n";
}

} // namespace pa::emu::tool
