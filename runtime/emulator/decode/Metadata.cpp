#include "runtime/emulator/decode/Metadata.h"

#include "llvm/BinaryFormat/MsgPackDocument.h"
#include "llvm/BinaryFormat/MsgPackReader.h"

namespace pa::emu {
namespace {

namespace msgpack = llvm::msgpack;

// LLVM's document crashes on a map whose key is a map, a list or nil: every key has to be a string.
std::string whatIsWrong(llvm::StringRef blob) {
  struct Container {
    bool isMap;
    uint64_t left; // objects, keys counted
  };
  constexpr size_t deepest = 64;
  std::vector<Container> open;
  msgpack::Reader reader(blob);
  for (bool first = true; first || !open.empty(); first = false) {
    msgpack::Object object;
    llvm::Expected<bool> read = reader.read(object);
    if (!read) {
      llvm::consumeError(read.takeError());
      return "not a msgpack document";
    }
    if (!*read)
      return "the msgpack document is cut off";
    if (!open.empty()) {
      bool isKey = open.back().isMap && open.back().left % 2 == 0;
      if (isKey && object.Kind != msgpack::Type::String)
        return "a map's key is not a string";
      --open.back().left;
    }
    if (object.Kind == msgpack::Type::Map || object.Kind == msgpack::Type::Array) {
      bool isMap = object.Kind == msgpack::Type::Map;
      open.push_back({isMap, uint64_t(object.Length) * (isMap ? 2 : 1)});
      if (open.size() > deepest)
        return "the msgpack document is nested too deeply";
    }
    while (!open.empty() && open.back().left == 0)
      open.pop_back();
  }
  return "";
}

msgpack::DocNode member(msgpack::DocNode &node, llvm::StringRef key) {
  if (node.isEmpty() || !node.isMap())
    return {};
  msgpack::MapDocNode &map = node.getMap();
  auto found = map.find(key);
  return found == map.end() ? msgpack::DocNode() : found->second;
}

std::string text(msgpack::DocNode node) {
  return !node.isEmpty() && node.isString() ? node.getString().str() : std::string();
}

uint64_t number(msgpack::DocNode node) {
  if (node.isEmpty())
    return 0;
  if (node.getKind() == msgpack::Type::UInt)
    return node.getUInt();
  return node.getKind() == msgpack::Type::Int && node.getInt() > 0 ? uint64_t(node.getInt()) : 0;
}

void readArguments(msgpack::DocNode list, KernelInfo &info) {
  if (list.isEmpty() || !list.isArray())
    return;
  for (msgpack::DocNode &a : list.getArray()) {
    KernelArgument argument;
    argument.name = text(member(a, ".name"));
    argument.kind = text(member(a, ".value_kind"));
    argument.offset = uint32_t(number(member(a, ".offset")));
    argument.bytes = uint32_t(number(member(a, ".size")));
    info.arguments.push_back(std::move(argument));
  }
}

void readKernel(msgpack::DocNode &node, std::vector<ObjectKernel> &kernels) {
  std::string symbol = text(member(node, ".symbol"));
  for (ObjectKernel &k : kernels) {
    if (symbol != k.info.name + ".kd")
      continue;
    k.info.sgprs = uint32_t(number(member(node, ".sgpr_count")));
    k.info.maxWorkgroupSize = uint32_t(number(member(node, ".max_flat_workgroup_size")));
    // Hand-written kernels leave the descriptor's field 0.
    if (k.info.kernargBytes == 0)
      k.info.kernargBytes = uint32_t(number(member(node, ".kernarg_segment_size")));
    readArguments(member(node, ".args"), k.info);
  }
}

} // namespace

std::string applyMetadata(std::string_view blob, std::vector<ObjectKernel> &kernels) {
  if (std::string wrong = whatIsWrong(llvm::StringRef(blob.data(), blob.size())); !wrong.empty())
    return wrong;
  msgpack::Document document;
  if (!document.readFromBlob(llvm::StringRef(blob.data(), blob.size()), /*Multi=*/false))
    return "not a msgpack document";
  msgpack::DocNode root = document.getRoot();
  msgpack::DocNode list = member(root, "amdhsa.kernels");
  if (list.isEmpty() || !list.isArray())
    return "no list 'amdhsa.kernels'";
  for (msgpack::DocNode &k : list.getArray())
    readKernel(k, kernels);
  return "";
}

} // namespace pa::emu
