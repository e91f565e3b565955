#include "compiler/codegen/ReportText.h"

#include "llvm/Support/Format.h"

namespace pa {
namespace {

llvm::raw_ostream &line(llvm::raw_ostream &out, const char *label, unsigned indent = 2) {
  out.indent(indent);
  return out << llvm::left_justify(label, 20 - indent);
}

std::string kibibytes(uint64_t bytes) {
  std::string text;
  llvm::raw_string_ostream(text) << llvm::format("%.1f KiB", double(bytes) / 1024);
  return text;
}

// LLVM prints a branch's distance; the address that it leads to is added.
std::string withTarget(const Instruction &instruction) {
  if (!instruction.target)
    return instruction.text;
  std::string text;
  llvm::raw_string_ostream(text) << instruction.text << " // to " << llvm::format_hex(*instruction.target, 8);
  return text;
}

void printKernel(llvm::raw_ostream &out, const Chip &chip, const KernelReport &kernel) {
  out << "kernel " << kernel.name << '\n';
  line(out, "registers") << kernel.vgprs << " VGPRs, " << kernel.agprs << " AGPRs, " << kernel.sgprs << " SGPRs; "
                         << kernel.allocatedRegisters << " of " << chip.vgprsPerLane << " a lane allocated\n";
  line(out, "spills") << kernel.vgprSpills << " VGPRs, " << kernel.sgprSpills << " SGPRs; scratch "
                      << kernel.scratchBytes << " bytes a lane\n";
  line(out, "LDS") << kernel.ldsBytes << " of " << chip.ldsBytes << " bytes a workgroup\n";
  line(out, "occupancy") << kernel.workgroupsPerCu << " workgroups of " << kernel.wavesPerWorkgroup << " waves a CU, "
                         << kernel.wavesPerCu() << " waves\n";
  line(out, "kernel arguments") << kernel.kernargBytes << " bytes\n";
}

void printLoop(llvm::raw_ostream &out, const LoopReport &loop, const KernelReport &kernel) {
  line(out, "KV loop") << llvm::format_hex(loop.begin, 6) << ".." << llvm::format_hex(loop.end, 6) << ", "
                       << loop.instructions << " instructions in " << loop.blocks << " blocks, " << loop.paths
                       << " paths\n";
  line(out, "instructions", 4);
  for (size_t i = 0; i < instructionClasses; ++i)
    out << (i ? ", " : "") << instructionClassName(InstructionClass(i)) << ' ' << loop.counts[i];
  out << '\n';
  line(out, "loads", 4);
  for (auto [bytes, count] : loop.loadsByWidth)
    out << count << " of " << bytes << " bytes a lane, ";
  out << loop.nonTemporalKvLoads << " of " << loop.kvLoads << " KV loads nt, " << kibibytes(loop.kvBytesPerIteration)
      << " a wave and iteration\n";
  line(out, "waits", 4);
  if (loop.leastVmcnt)
    out << "vmcnt " << *loop.leastVmcnt << " to " << *loop.mostVmcnt << '\n';
  else
    out << "none on vmcnt\n";
  line(out, "in flight", 4);
  if (loop.leastInFlight)
    out << "a wave " << kibibytes(*loop.leastInFlight) << " to " << kibibytes(loop.mostInFlight) << ", a CU at least "
        << kibibytes(*leastInFlightPerCu(loop, kernel)) << " (" << kernel.wavesPerCu() << " waves)";
  else
    out << "a wave up to " << kibibytes(loop.mostInFlight) << ", nothing waits";
  if (loop.paths > 1 && loop.leastInAnyPath)
    out << "; on the worst path a wave " << kibibytes(*loop.leastInAnyPath);
  out << '\n';
  line(out, "to avoid", 4) << loop.scratchAccesses << " scratch accesses, " << loop.loadedRegisterCopies
                           << " copies of loaded registers, " << loop.counts[size_t(InstructionClass::barrier)]
                           << " barriers\n";
}

llvm::json::Value optionalNumber(std::optional<uint64_t> number) {
  return number ? llvm::json::Value(int64_t(*number)) : llvm::json::Value(nullptr);
}

llvm::json::Object loopToJson(const LoopReport &loop, const KernelReport &kernel) {
  llvm::json::Object counts, widths;
  for (size_t i = 0; i < instructionClasses; ++i)
    counts[instructionClassName(InstructionClass(i))] = loop.counts[i];
  for (auto [bytes, count] : loop.loadsByWidth)
    widths[std::to_string(bytes)] = count;
  return llvm::json::Object{
      {"begin", int64_t(loop.begin)},
      {"end", int64_t(loop.end)},
      {"blocks", int64_t(loop.blocks)},
      {"paths", int64_t(loop.paths)},
      {"instructions", loop.instructions},
      {"instructions_by_class", std::move(counts)},
      {"loads_by_bytes_per_lane", std::move(widths)},
      {"kv_loads", loop.kvLoads},
      {"kv_loads_nontemporal", loop.nonTemporalKvLoads},
      {"kv_bytes_per_wave_iteration", int64_t(loop.kvBytesPerIteration)},
      {"least_vmcnt", optionalNumber(loop.leastVmcnt)},
      {"most_vmcnt", optionalNumber(loop.mostVmcnt)},
      {"least_in_flight_bytes_per_wave", optionalNumber(loop.leastInFlight)},
      {"most_in_flight_bytes_per_wave", int64_t(loop.mostInFlight)},
      {"least_in_flight_bytes_per_wave_any_path", optionalNumber(loop.leastInAnyPath)},
      {"least_in_flight_bytes_per_cu", optionalNumber(leastInFlightPerCu(loop, kernel))},
      {"scratch_accesses", loop.scratchAccesses},
      {"loaded_register_copies", loop.loadedRegisterCopies},
      {"barriers", loop.counts[size_t(InstructionClass::barrier)]},
  };
}

llvm::json::Object kernelToJson(const KernelReport &kernel, const KernelAnalysis &analysis) {
  return llvm::json::Object{
      {"name", kernel.name},
      {"vgprs", kernel.vgprs},
      {"agprs", kernel.agprs},
      {"sgprs", kernel.sgprs},
      {"allocated_registers", kernel.allocatedRegisters},
      {"vgpr_spills", kernel.vgprSpills},
      {"sgpr_spills", kernel.sgprSpills},
      {"scratch_bytes_per_lane", kernel.scratchBytes},
      {"scratch_accesses", analysis.scratchAccesses},
      {"lds_bytes", kernel.ldsBytes},
      {"kernarg_bytes", kernel.kernargBytes},
      {"max_workgroup_size", kernel.maxWorkgroupSize},
      {"waves_per_workgroup", kernel.wavesPerWorkgroup},
      {"workgroups_per_cu", kernel.workgroupsPerCu},
      {"waves_per_cu", kernel.wavesPerCu()},
      {"code_bytes", int64_t(kernel.code.size())},
      {"instructions", int64_t(analysis.code.size())},
      {"kv_loop", analysis.loop ? llvm::json::Value(loopToJson(*analysis.loop, kernel)) : nullptr},
  };
}

// The description is JSON itself; text that is not stays a string.
llvm::json::Value variantToJson(const std::string &variant) {
  if (variant.empty())
    return nullptr;
  llvm::Expected<llvm::json::Value> parsed = llvm::json::parse(variant);
  if (parsed)
    return std::move(*parsed);
  llvm::consumeError(parsed.takeError());
  return llvm::json::fixUTF8(variant);
}

} // namespace

llvm::Expected<FullReport> inspectCodeObject(llvm::MemoryBufferRef object) {
  auto read = readCodeObject(object);
  if (!read)
    return read.takeError();
  FullReport report{std::move(*read), {}};
  for (const KernelReport &kernel : report.object.kernels) {
    auto analysis = analyzeKernel(*report.object.chip, kernel);
    if (!analysis)
      return analysis.takeError();
    report.kernels.push_back(std::move(*analysis));
  }
  return report;
}

void printReport(llvm::raw_ostream &out, llvm::StringRef file, const FullReport &report) {
  const ObjectReport &object = report.object;
  out << file << ": " << object.chip->name << " (" << object.chip->product << "), code object version "
      << object.codeObjectVersion << ", " << object.fileBytes << " bytes\n";
  if (!object.variant.empty())
    out << "variant " << object.variant << '\n';
  for (size_t i = 0; i < object.kernels.size(); ++i) {
    const KernelReport &kernel = object.kernels[i];
    const KernelAnalysis &analysis = report.kernels[i];
    printKernel(out, *object.chip, kernel);
    line(out, "code") << kernel.code.size() << " bytes, " << analysis.code.size() << " instructions, "
                      << analysis.scratchAccesses << " scratch accesses\n";
    if (analysis.loop)
      printLoop(out, *analysis.loop, kernel);
    else
      line(out, "KV loop") << "none: no innermost loop loads from memory\n";
  }
}

void printTimes(llvm::raw_ostream &out, const std::vector<StageTime> &times) {
  double total = 0;
  out << "compile time, ms\n";
  for (const StageTime &time : times) {
    line(out, time.stage.c_str()) << llvm::format("%8.1f\n", time.milliseconds);
    total += time.milliseconds;
  }
  line(out, "total") << llvm::format("%8.1f\n", total);
}

void printLoops(llvm::raw_ostream &out, const FullReport &report) {
  for (size_t i = 0; i < report.kernels.size(); ++i) {
    out << "KV loop of " << report.object.kernels[i].name << '\n';
    if (!report.kernels[i].loop)
      continue;
    for (auto [instruction, inFlight] : report.kernels[i].loop->steadyState)
      out << llvm::format_hex(instruction->address, 8) << llvm::format(" %7llu  ", (unsigned long long)inFlight)
          << withTarget(*instruction) << '\n';
  }
}

void printCode(llvm::raw_ostream &out, const FullReport &report) {
  for (size_t i = 0; i < report.kernels.size(); ++i) {
    out << "code of " << report.object.kernels[i].name << '\n';
    for (const Instruction &instruction : report.kernels[i].code)
      out << llvm::format_hex(instruction.address, 8) << "  " << withTarget(instruction) << '\n';
  }
}

llvm::json::Object reportToJson(llvm::StringRef file, const FullReport &report) {
  llvm::json::Array kernels;
  for (size_t i = 0; i < report.object.kernels.size(); ++i)
    kernels.push_back(kernelToJson(report.object.kernels[i], report.kernels[i]));
  return llvm::json::Object{
      {"file", llvm::json::fixUTF8(file)},
      {"chip", report.object.chip->name},
      {"code_object_version", report.object.codeObjectVersion},
      {"file_bytes", int64_t(report.object.fileBytes)},
      {"variant", variantToJson(report.object.variant)},
      {"kernels", std::move(kernels)},
  };
}

llvm::json::Array timesToJson(const std::vector<StageTime> &times) {
  llvm::json::Array array;
  for (const StageTime &time : times)
    array.push_back(llvm::json::Object{{"stage", time.stage}, {"ms", time.milliseconds}});
  return array;
}

} // namespace pa
