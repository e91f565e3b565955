#include "runtime/generic/Describe.h"

#include <cstring>

namespace pa::generic {
namespace {

static_assert(uint32_t(ElementType::bf16) == bf16 && uint32_t(ElementType::f16) == f16 &&
              uint32_t(ElementType::fp8E4m3fn) == fp8E4m3fn && uint32_t(ElementType::fp8E4m3fnuz) == fp8E4m3fnuz &&
              uint32_t(ElementType::int8) == int8);
static_assert(uint32_t(CacheLayout::nhd) == nhd && uint32_t(CacheLayout::hnd) == hnd &&
              uint32_t(CacheLayout::classic) == classic && uint32_t(CacheLayout::shuffled) == shuffled);
static_assert(uint32_t(pa::Scales::none) == noScales && uint32_t(pa::Scales::tensor) == ofTensor &&
              uint32_t(pa::Scales::head) == ofHead && uint32_t(pa::Scales::token) == ofToken &&
              uint32_t(pa::Scales::page) == ofPage);

Type number(ElementType type) { return static_cast<Type>(type); }

CacheFields cacheOf(const VariantCache &cache) {
  CacheFields fields = {};
  fields.type = number(cache.cacheType);
  fields.layout = static_cast<Layout>(cache.layout);
  fields.scales = static_cast<Scales>(cache.scales);
  fields.headSize = cache.headSize;
  fields.valueHeadSize = cache.valueHeadSize;
  fields.heads = cache.kvHeads;
  fields.pageSize = cache.pageSize;
  return fields;
}

void read(const CacheFields &fields, VariantCache &cache) {
  cache.cacheType = static_cast<ElementType>(fields.type);
  cache.layout = static_cast<CacheLayout>(fields.layout);
  cache.scales = static_cast<pa::Scales>(fields.scales);
  cache.headSize = fields.headSize;
  cache.valueHeadSize = fields.valueHeadSize;
  cache.kvHeads = fields.heads;
  cache.pageSize = fields.pageSize;
}

void fill(const Variant &variant, Fields &fields) {
  fields.cache = cacheOf(variant);
  fields.type = number(variant.queryType);
  fields.outputType = number(variant.outputType);
  fields.queryHeads = variant.queryHeads;
  fields.queryTokens = variant.queryTokens;
  fields.window = variant.window;
  fields.ragged = variant.ragged;
  fields.csr = variant.tables == Tables::csr;
  fields.causal = variant.mask == Mask::causal;
  fields.softCap = variant.softCap;
  fields.alibi = variant.alibi;
  fields.sinks = variant.sinks;
  fields.lse = variant.lse;
}

void fill(const AppendVariant &variant, Fields &fields) {
  fields.cache = cacheOf(variant);
  fields.type = number(variant.tokenType);
}

void fill(const CopyPagesVariant &variant, Fields &fields) {
  fields.cache = fields.source = cacheOf(variant);
  fields.source.type = number(variant.sourceType);
  fields.source.layout = static_cast<Layout>(variant.sourceLayout);
  fields.pairs = variant.pairs;
}

void fill(const MergeStatesVariant &variant, Fields &fields) {
  fields.type = number(variant.type);
  fields.queryHeads = variant.heads;
  fields.headSize = variant.headSize;
}

void read(const Fields &fields, Variant &variant) {
  read(fields.cache, variant);
  variant.queryType = static_cast<ElementType>(fields.type);
  variant.outputType = static_cast<ElementType>(fields.outputType);
  variant.queryHeads = fields.queryHeads;
  variant.queryTokens = fields.queryTokens;
  variant.window = fields.window;
  variant.ragged = fields.ragged;
  variant.tables = fields.csr ? Tables::csr : Tables::block;
  variant.mask = fields.causal ? Mask::causal : Mask::none;
  variant.softCap = fields.softCap;
  variant.alibi = fields.alibi;
  variant.sinks = fields.sinks;
  variant.lse = fields.lse;
  variant.p = PTerms::split;
  variant.split = SplitKv::none;
}

void read(const Fields &fields, AppendVariant &variant) {
  read(fields.cache, variant);
  variant.tokenType = static_cast<ElementType>(fields.type);
}

void read(const Fields &fields, CopyPagesVariant &variant) {
  read(fields.cache, variant);
  variant.sourceType = static_cast<ElementType>(fields.source.type);
  variant.sourceLayout = static_cast<CacheLayout>(fields.source.layout);
  variant.pairs = fields.pairs;
}

void read(const Fields &fields, MergeStatesVariant &variant) {
  variant.type = static_cast<ElementType>(fields.type);
  variant.heads = fields.queryHeads;
  variant.headSize = fields.headSize;
}

template <class OfOp> AnyVariant read(const Fields &fields) {
  OfOp variant;
  read(fields, variant);
  return variant;
}

JsonObject launchOf(const Variant &variant) {
  return {{"block", workgroupThreads}, {"grid", toString(GridKind::items)},
          {"workgroups_per_cu", 0},    {"slot_bytes", 0},
          {"tile_tokens", laneCount},  {"items_per_sequence", uint64_t(variant.queryTokens) * variant.queryHeads}};
}
JsonObject rowsLaunch() {
  return {{"block", workgroupThreads}, {"grid", "rows"}, {"rows_per_workgroup", workgroupWaves}};
}
JsonObject launchOf(const AppendVariant &) { return rowsLaunch(); }
JsonObject launchOf(const MergeStatesVariant &) { return rowsLaunch(); }
JsonObject launchOf(const CopyPagesVariant &variant) {
  return {{"block", workgroupThreads}, {"grid", "pairs"}, {"workgroups_per_pair", variant.kvHeads}};
}

// Each field that the kernel does not go by becomes what it does.
AnyVariant asComputed(const AnyVariant &variant) { return variantOf(opOf(variant), fieldsOf(variant)); }

} // namespace

std::optional<Op> opOfObject(const CodeObject &object) {
  auto section = object.section(".pa.generic");
  for (Op op : {Op::decode, Op::append, Op::copyPages, Op::mergeStates})
    if (section && section->substr(0, section->find('\0')) == toString(op))
      return op;
  return std::nullopt;
}

Fields fieldsOf(const AnyVariant &variant) {
  Fields fields = {};
  std::visit([&](const auto &one) { fill(one, fields); }, variant);
  return fields;
}

AnyVariant variantOf(Op op, const Fields &fields) {
  switch (op) {
  case Op::append:
    return read<AppendVariant>(fields);
  case Op::copyPages:
    return read<CopyPagesVariant>(fields);
  case Op::mergeStates:
    return read<MergeStatesVariant>(fields);
  case Op::decode:
    break;
  }
  return read<Variant>(fields);
}

std::string describe(const AnyVariant &variant, const std::string &chip) {
  AnyVariant computed = asComputed(variant);
  Op op = opOf(computed);
  const char *name = toString(op);
  JsonObject json = {{"pa", 2}, {"kernel", std::string(name) + "_generic"}, {"chip", chip}, {"compiler", "generic"}};
  JsonObject launch = std::visit([](const auto &one) { return launchOf(one); }, computed);
  if (op == Op::decode) {
    json.push_back({"variant", toJson(computed)});
  } else {
    json.push_back({"op", name});
    json.push_back({"abi", 1});
    JsonObject fields = *toJson(computed).as<JsonObject>();
    fields.erase(fields.begin()); // the op, which stands outside
    json.push_back({name, std::move(fields)});
  }
  json.push_back({"launch", std::move(launch)});
  return printJson(json);
}

Expected<AnyDescription> describeLaunch(Op op, const std::string &chip, const void *kernarg, size_t bytes) {
  Fields fields;
  std::memcpy(&fields, static_cast<const uint8_t *>(kernarg) + bytes - sizeof fields, sizeof fields);
  return parseAnyDescription(describe(variantOf(op, fields), chip));
}

} // namespace pa::generic
