#include "runtime/verify/Dump.h"
#include "pa/append_abi.h"
#include "pa/merge_abi.h"
#include "runtime/verify/LaunchReads.h"
#include "runtime/verify/Text.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <unistd.h>

namespace pa::checked {
namespace {

namespace fs = std::filesystem;

const char *folder() {
  const char *named = std::getenv("PA_DUMP_DIR");
  return named && *named ? named : nullptr;
}

// Where addresses are in the argument blocks: an offset in bytes, and how many follow in a row.
struct Pointers {
  Op op;
  size_t first, count;
};
constexpr Pointers pointers[] = {
    {Op::decode, offsetof(pa_decode_args, query), 8},         {Op::decode, offsetof(pa_decode_args, kv_indptr), 4},
    {Op::decode, offsetof(pa_decode_args, alibi_slopes), 2},  {Op::decode, offsetof(pa_decode_args, score_tensors), 4},
    {Op::append, offsetof(pa_append_args, cache), 4},         {Op::append, offsetof(pa_append_args, keys), 4},
    {Op::copyPages, offsetof(pa_copy_pages_args, source), 4}, {Op::copyPages, offsetof(pa_copy_pages_args, target), 4},
    {Op::copyPages, offsetof(pa_copy_pages_args, pairs), 2},  {Op::mergeStates, offsetof(pa_merge_states_args, a), 6},
};

// An allocation that the call names.
struct Buffer {
  std::string name; // of the first field that leads there
  uint64_t address = 0, bytes = 0;
  std::string slices; // JSON
  bool holds(uint64_t at) const { return at >= address && at < address + bytes; }
};

std::vector<Buffer> buffersOf(Device &device, const std::vector<Span> &spans) {
  std::vector<Buffer> buffers;
  for (const Span &span : spans) {
    if (std::any_of(buffers.begin(), buffers.end(), [&](const Buffer &b) { return b.holds(span.address); }))
      continue;
    auto found = device.allocationAt(span.address);
    if (found && *found)
      buffers.push_back({span.field, (*found)->address, (*found)->bytes, ""});
    else if (!found) // a device that cannot say: what is needed, and no more
      buffers.push_back({span.field, span.address, span.bytes, ""});
  }
  return buffers;
}

// Copies what is read into `memory`, and says where it belongs.
void fill(Device &device, const std::vector<Range> &reads, std::vector<Buffer> &buffers, std::string &memory) {
  for (const Range &range : reads)
    for (Buffer &buffer : buffers) {
      if (!buffer.holds(range.address))
        continue;
      uint64_t at = range.address - buffer.address, bytes = std::min(range.bytes, buffer.bytes - at);
      size_t from = memory.size();
      memory.resize(from + bytes);
      if (!device.copyFrom(&memory[from], range.address, bytes)) {
        memory.resize(from);
        continue;
      }
      buffer.slices += format("%s{\"file\": \"memory.bin\", \"from\": %llu, \"length\": %llu, \"at\": %llu}",
                              buffer.slices.empty() ? "" : ",\n      ", (unsigned long long)from,
                              (unsigned long long)bytes, (unsigned long long)at);
    }
}

std::string hexOf(const void *bytes, size_t count) {
  std::string text;
  for (size_t i = 0; i < count; ++i)
    text += format("%02x", static_cast<const uint8_t *>(bytes)[i]);
  return text;
}

// The address there, as a place in a buffer if one holds it.
std::string pointerAt(const FailedLaunch &launch, size_t offset, const std::vector<Buffer> &buffers) {
  uint64_t address;
  std::memcpy(&address, static_cast<const uint8_t *>(launch.args) + offset, sizeof address);
  for (const Buffer &buffer : buffers)
    if (buffer.holds(address))
      return ",\n    {\"at\": " + std::to_string(offset) + ", \"pointer\": \"" + buffer.name +
             "\", \"offset\": " + std::to_string(address - buffer.address) + "}";
  return "";
}

std::string kernargOf(const FailedLaunch &launch, Op op, const std::vector<Buffer> &buffers) {
  std::string text = "{\"size\": " + std::to_string(launch.bytes) + ", \"values\": [\n    {\"at\": 0, \"hex\": \"" +
                     hexOf(launch.args, launch.bytes) + "\"}";
  for (const Pointers &row : pointers)
    for (size_t offset = row.first; row.op == op && offset < row.first + row.count * sizeof(uint64_t);
         offset += sizeof(uint64_t))
      text += pointerAt(launch, offset, buffers);
  return text + "]}";
}

// Results, beside the description.
std::string savedOf(const std::vector<Span> &spans, const std::vector<Buffer> &buffers) {
  std::string text;
  for (const Span &span : spans)
    for (const Buffer &buffer : buffers)
      if (buffer.holds(span.address) && span.field == buffer.name && (span.field == "output" || span.field == "lse"))
        text += format("%s\"%s\": {\"file\": \"%s.bin\", \"from\": %llu, \"bytes\": %llu}", text.empty() ? "" : ", ",
                       span.field.c_str(), span.field.c_str(), (unsigned long long)(span.address - buffer.address),
                       (unsigned long long)std::min(span.bytes, buffer.address + buffer.bytes - span.address));
  return text;
}

std::string descriptionOf(const FailedLaunch &launch, Op op, const std::vector<Buffer> &buffers) {
  std::string kernel = std::visit([](const auto &one) { return one.kernel; }, launch.description);
  std::string text = "{\n  \"code_object\": \"kernel.hsaco\", \"kernel\": \"" + kernel + "\",\n" +
                     format("  \"grid\": [%u, %u, %u], \"block\": [%u, %u, %u], \"dynamic_lds\": %u,\n",
                            launch.shape.grid[0], launch.shape.grid[1], launch.shape.grid[2], launch.shape.block[0],
                            launch.shape.block[1], launch.shape.block[2], launch.shape.dynamicLds) +
                     "  \"kernarg\": " + kernargOf(launch, op, buffers) + ",\n  \"buffers\": {";
  for (const Buffer &buffer : buffers)
    text += (&buffer == &buffers.front() ? "\n    \"" : ",\n    \"") + buffer.name +
            "\": {\"bytes\": " + std::to_string(buffer.bytes) +
            (buffer.slices.empty() ? "" : ", \"slices\": [\n      " + buffer.slices + "]") + "}";
  text += "\n  }";
  if (std::string saved = savedOf(spansOf(launch.description, launch.args), buffers); !saved.empty())
    text += ",\n  \"save\": {" + saved + "}";
  return text + "\n}\n";
}

bool write(const fs::path &file, const std::string &content) {
  std::ofstream out(file, std::ios::binary);
  out << content;
  out.close();
  return bool(out);
}

} // namespace

bool dumpIsWanted() { return folder(); }

Expected<std::string> dumpLaunch(Device &device, const FailedLaunch &launch, const Error &error) {
  static std::atomic<int> dumped{0};
  auto *other = std::get_if<CacheKernelDescription>(&launch.description);
  Op op = other ? opOf(other->variant) : Op::decode;
  std::vector<Buffer> buffers = buffersOf(device, spansOf(launch.description, launch.args));
  std::string memory;
  fill(device, readsOf(device, launch.description, launch.args), buffers, memory);
  fs::path path = fs::path(folder()) / ("launch-" + std::to_string(getpid()) + "-" + std::to_string(dumped++));
  std::error_code made;
  fs::create_directories(path, made);
  fs::path description = path / "launch.json";
  if (!write(path / "kernel.hsaco", launch.object) || !write(path / "memory.bin", memory) ||
      !write(path / "error.txt", error.message + "\n") || !write(description, descriptionOf(launch, op, buffers)))
    return {ErrorCode::unavailable, "PA_DUMP_DIR: cannot write to '" + path.string() + "'"};
  return description.string();
}

} // namespace pa::checked
