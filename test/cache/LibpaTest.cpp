// The kernels beside decode as an engine has them: by a variant's description, through the C interface and its C++
// layer.
#include "pa/pa.hpp"
#include "test/cache/NewTokens.h"
#include "test/cache/Same.h"
#include "test/runtime/Has.h"
#include "test/runtime/jit/Folder.h"

#include <hip/hip_runtime_api.h>

#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <dlfcn.h>

using namespace pa::cachetest;

namespace {

class Libpa : public testing::TestWithParam<const char *> {
protected:
  // A device's name, behind "checked " if every launch is to be, and "generic " if nothing is to be compiled.
  void SetUp() override {
    std::string name = GetParam();
    auto begins = [&](const std::string &word) {
      bool it = name.rfind(word, 0) == 0;
      name.erase(0, it ? word.size() : 0);
      return it;
    };
    if (begins("generic "))
      flags = PA_ONLY_CACHED | PA_GENERIC;
    if (begins("checked "))
      setenv("PA_VERIFY", "pointers,results", 1);
    setenv("PA_CACHE_DIR", (folder.path / "cache").c_str(), 1);
    setenv("PA_COMPILER", PA_COMPILE, 1);
    setenv("PA_LIBHIP_PATH", PA_HIP_STAND_IN, 1);
    setenv("PA_EMU_CHIP", "gfx950", 1);
    unsetenv("PA_DISABLE_JIT");
    auto opened = pa::Device::open(name);
    unsetenv("PA_VERIFY");
    ASSERT_TRUE(opened) << opened.error().text;
    device = std::make_unique<pa::Device>(std::move(*opened));
  }

  pa::Kernel kernel(const std::string &variant) {
    auto made = device->request(pa::Source::variant(variant), flags);
    EXPECT_TRUE(made) << made.error().text;
    EXPECT_EQ(flags != 0, made && made->info().generic);
    return made ? std::move(*made) : pa::Kernel(nullptr);
  }
  template <class T> uint64_t put(const char *name, const std::vector<T> &content) {
    uint64_t bytes = content.size() * sizeof(T), address = *device->allocate(name, bytes);
    EXPECT_TRUE(device->write(address, content.data(), bytes));
    return address;
  }
  template <class T> void get(uint64_t address, std::vector<T> &content) {
    auto read = device->read(content.data(), address, content.size() * sizeof(T));
    EXPECT_TRUE(read) << read.error().text;
  }

  pa::PagedCache put(const Cache &cache) {
    const CachePart &k = cache.parts[keys], &v = cache.parts[values];
    pa::PagedCache paged;
    paged.pages = cache.shape.pages;
    paged.key_cache = put("key_cache", k.bytes);
    paged.value_cache = put("value_cache", v.bytes);
    if (!k.scaleBytes.empty()) {
      paged.key_scales = put("key_scales", k.scaleBytes);
      paged.value_scales = put("value_scales", v.scaleBytes);
    }
    paged.key_page_stride = int64_t(k.strides.page);
    paged.value_page_stride = int64_t(v.strides.page);
    paged.key_head_stride = int64_t(k.strides.head);
    paged.value_head_stride = int64_t(v.strides.head);
    paged.key_token_stride = int64_t(k.strides.token);
    paged.value_token_stride = int64_t(v.strides.token);
    paged.key_scale_page_stride = int64_t(k.scaleStrides.page);
    paged.value_scale_page_stride = int64_t(v.scaleStrides.page);
    paged.key_scale_head_stride = int64_t(k.scaleStrides.head);
    paged.value_scale_head_stride = int64_t(v.scaleStrides.head);
    return paged;
  }
  void get(const pa_paged_cache &paged, Cache &cache) {
    get(paged.key_cache, cache.parts[keys].bytes);
    get(paged.value_cache, cache.parts[values].bytes);
    if (paged.key_scales) {
      get(paged.key_scales, cache.parts[keys].scaleBytes);
      get(paged.value_scales, cache.parts[values].scaleBytes);
    }
  }

  Folder folder;
  std::unique_ptr<pa::Device> device;
  uint32_t flags = 0;
};

const std::string fp8Append = R"({"op":"append","cache_type":"fp8_e4m3fn","head_size":64,"kv_heads":2,"page_size":16,
                                  "layout":"shuffled","scales":"token"})";

TEST_P(Libpa, newTokensAreWrittenWithScalesOfTheirOwn) {
  CacheShape shape;
  shape.type = "f8E4M3FN";
  shape.scales = "token";
  shape.headSize[values] = 128;
  shape.padded = true;
  Cache cache(shape);
  Cache expected = cache;
  NewTokens made = randomTokens(shape, "bf16", 7, 3);
  made.slots = {0, 79, 16, -1, 33, 34, 1};
  layOut(shape, made);
  append(expected, made);
  pa::Kernel writer = kernel("{\"op\":\"append\"," + shape.variant() + "}");
  EXPECT_EQ(uint32_t(PA_OP_APPEND), writer.info().op);
  EXPECT_EQ(64u, writer.info().head_size);
  EXPECT_EQ(128u, writer.info().value_head_size);
  EXPECT_EQ(2u, writer.info().element_bytes);
  EXPECT_EQ(1u, writer.info().cache_element_bytes);
  pa::PagedCache paged = put(cache);
  pa_append_call call = {};
  call.tokens = 7;
  call.cache = &paged;
  call.keys = put("keys", made.padded[keys]);
  call.values = put("values", made.padded[values]);
  call.slots = put("slots", made.slots);
  call.bad_token = put("bad", std::vector<int32_t>{-1});
  call.keys_token_stride = int64_t(made.strides[keys]);
  call.values_token_stride = int64_t(made.strides[values]);
  auto launched = writer.append(call);
  ASSERT_TRUE(launched) << launched.error().text;
  ASSERT_TRUE(device->synchronize());
  get(paged, cache);
  dropNanSigns(expected);
  dropNanSigns(cache);
  EXPECT_TRUE(sameCache(expected, cache));
  std::vector<int32_t> bad(1);
  get(call.bad_token, bad);
  EXPECT_EQ(-1, bad[0]);

  // A slot outside of the cache is reported and not written.
  made.slots[5] = 80;
  ASSERT_TRUE(device->write(call.slots, made.slots.data(), made.slots.size() * 8));
  ASSERT_TRUE(writer.append(call));
  ASSERT_TRUE(device->synchronize());
  get(call.bad_token, bad);
  EXPECT_EQ(5, bad[0]);
}

TEST_P(Libpa, pagesAreConvertedAndCopied) {
  CacheShape from, to;
  to.layout = "shuffled";
  Cache source(from), expected(to), target(to);
  for (int page = 0; page < from.pages; ++page)
    for (int head = 0; head < from.heads; ++head)
      for (int token = 0; token < from.page; ++token)
        for (int d = 0; d < from.headSize[keys]; ++d)
          for (Kind kind : {keys, values})
            for (size_t byte : {size_t(0), size_t(1)}) {
              auto value = uint8_t(page * 7 + head * 31 + token * 3 + d + int(kind) + int(byte) * 11);
              source.parts[kind].bytes[source.parts[kind].offset(page, head, token, d) + byte] = value;
              expected.parts[kind].bytes[expected.parts[kind].offset(page, head, token, d) + byte] = value;
            }
  pa::Kernel converter =
      kernel("{\"op\":\"copy_pages\",\"source_layout\":\"nhd\",\"pairs\":false," + to.variant() + "}");
  EXPECT_EQ(uint32_t(PA_OP_COPY_PAGES), converter.info().op);
  pa::PagedCache theirs = put(source), ours = put(target);
  pa_copy_pages_call call = {};
  call.count = from.pages;
  call.source = &theirs;
  call.target = &ours;
  auto launched = converter.copyPages(call);
  ASSERT_TRUE(launched) << launched.error().text;
  ASSERT_TRUE(device->synchronize());
  get(ours, target);
  EXPECT_TRUE(sameCache(expected, target));

  // Inside of one cache, by a list; the last pair is outside of it.
  pa::Kernel copier = kernel("{\"op\":\"copy_pages\"," + to.variant() + "}");
  call.source = &ours;
  call.pairs = put("pairs", std::vector<int64_t>{4, 0, 2, 1, 0, 5});
  call.bad_pair = put("bad", std::vector<int32_t>{-1});
  call.count = 3;
  ASSERT_TRUE(copier.copyPages(call));
  ASSERT_TRUE(device->synchronize());
  size_t page = expected.parts[keys].bytes.size() / size_t(to.pages);
  for (CachePart &part : expected.parts) {
    std::copy_n(part.bytes.begin() + long(4 * page), page, part.bytes.begin());
    std::copy_n(part.bytes.begin() + long(2 * page), page, part.bytes.begin() + long(page));
  }
  get(ours, target);
  EXPECT_TRUE(sameCache(expected, target));
  std::vector<int32_t> bad(1);
  get(call.bad_pair, bad);
  EXPECT_EQ(2, bad[0]);
}

TEST_P(Libpa, resultsAreMerged) {
  pa::Kernel merger = kernel(R"({"op":"merge_states","type":"bf16","heads":4,"head_size":64})");
  EXPECT_EQ(uint32_t(PA_OP_MERGE_STATES), merger.info().op);
  EXPECT_EQ(4u, merger.info().q_heads);
  constexpr size_t rows = 3 * 4, elements = rows * 64;
  pa_merge_states_call call = {};
  call.tokens = 3;
  call.a = put("a", std::vector<uint16_t>(elements, 0x3f80)); // 1
  call.b = put("b", std::vector<uint16_t>(elements, 0x4040)); // 3
  call.a_lse = put("a_lse", std::vector<float>(rows, 2.5f));
  call.b_lse = put("b_lse", std::vector<float>(rows, 2.5f));
  call.output = call.a;
  call.lse = call.a_lse;
  auto launched = merger.mergeStates(call);
  ASSERT_TRUE(launched) << launched.error().text;
  ASSERT_TRUE(device->synchronize());
  std::vector<uint16_t> output(elements);
  std::vector<float> lse(rows);
  get(call.output, output);
  get(call.lse, lse);
  for (uint16_t element : output)
    ASSERT_EQ(0x4000, element); // 2
  for (float one : lse)
    ASSERT_NEAR(2.5 + std::log(2), one, 1e-6);
}

TEST_P(Libpa, whatIsWrongWithACallIsSaid) {
  pa::Kernel writer = kernel(fp8Append);
  pa::PagedCache cache;
  cache.pages = 4;
  cache.key_cache = cache.value_cache = cache.key_scales = cache.value_scales = 0x10000;
  pa_append_call call = {};
  call.tokens = 1;
  call.cache = &cache;
  call.keys = call.values = call.slots = 0x10000;
  auto refusal = [&](pa_append_call changed) {
    auto launched = writer.append(changed);
    EXPECT_FALSE(launched);
    return launched ? "" : launched.error().text;
  };
  pa_append_call other = call;
  other.tokens = 0;
  EXPECT_EQ("tokens is 0, allowed: 1 to 1073741823", refusal(other));
  other = call;
  other.cache = nullptr;
  EXPECT_EQ("pa_append_call.cache is null, expected a pointer", refusal(other));
  other = call;
  other.slots = 0x10004;
  EXPECT_EQ("slots is 0x10004, allowed: a multiple of 8", refusal(other));
  cache.key_scales = 0;
  EXPECT_EQ("cache.key_scales is a null address, allowed: a device address, since this variant needs it",
            refusal(call));
  cache.key_scales = 0x10000;
  cache.size = 8;
  EXPECT_EQ("pa_paged_cache.size is 8, expected sizeof(pa_paged_cache), at least 120", refusal(call));

  // Entry points and kernels that do not belong together.
  pa_decode_call decode = {};
  auto launched = writer.decode(decode);
  ASSERT_FALSE(launched);
  EXPECT_EQ(PA_INVALID_ARGUMENT, launched.error().status);
  EXPECT_EQ("kernel is one of append, allowed: one of decode", launched.error().text);
  EXPECT_FALSE(writer.workspace(1));
  EXPECT_FALSE(writer.copyPages({}));
  EXPECT_EQ(PA_INVALID_ARGUMENT, pa_append(nullptr, &call, nullptr));
  EXPECT_STREQ("kernel is null, expected a pointer", pa_last_error());
  EXPECT_EQ(PA_INVALID_ARGUMENT, pa_merge_states(writer.get(), nullptr, nullptr));
  EXPECT_EQ(PA_INVALID_ARGUMENT, pa_append(writer.get(), nullptr, nullptr));
  EXPECT_STREQ("pa_append_call is null, expected a pointer", pa_last_error());
}

std::string nameOf(const testing::TestParamInfo<const char *> &info) {
  std::string name = info.param;
  for (char &character : name)
    character = std::isalnum(character) ? character : '_';
  return name;
}
INSTANTIATE_TEST_SUITE_P(Devices, Libpa,
                         testing::Values("emulated:gfx942", "hip:0", "checked emulated:gfx942", "checked hip:0",
                                         "generic hip:0", "generic checked emulated:gfx942", "generic checked hip:0"),
                         nameOf);

class Captured : public Libpa {};

// The writer is captured once; each replay has other tokens, slots and unused rows. In the global mode an allocation, a
// copy or a synchronisation inside of pa_append would break the capture.
TEST_P(Captured, aWriterServesOtherTokensAndSlots) {
  void *library = dlopen(PA_HIP_STAND_IN, RTLD_NOW | RTLD_NOLOAD);
  ASSERT_TRUE(library);
#define HIP(name) reinterpret_cast<decltype(&::name)>(dlsym(library, #name))
  CacheShape shape;
  shape.type = "f8E4M3FN";
  shape.scales = "token";
  Cache cache(shape);
  Cache expected = cache;
  pa::Kernel writer = kernel("{\"op\":\"append\"," + shape.variant() + "}");
  pa::PagedCache paged = put(cache);
  const std::vector<std::vector<int64_t>> steps = {{3, -1, 17, 79}, {4, 18, -1, -1}, {-1, -1, -1, -1}, {79, 3, 0, 16}};
  NewTokens made = randomTokens(shape, "bf16", 4, 5);
  made.slots = steps[0];
  layOut(shape, made);
  pa_append_call call = {};
  call.tokens = 4;
  call.cache = &paged;
  call.keys = put("keys", made.padded[keys]);
  call.values = put("values", made.padded[values]);
  call.slots = put("slots", made.slots);
  const pa_paged_cache written = paged;
  hipStream_t stream;
  hipGraph_t graph;
  hipGraphExec_t instance;
  size_t nodes = 0;
  ASSERT_EQ(hipSuccess, HIP(hipStreamCreateWithFlags)(&stream, hipStreamNonBlocking));
  ASSERT_TRUE(writer.prepare(stream));
  ASSERT_EQ(hipSuccess, HIP(hipStreamBeginCapture)(stream, hipStreamCaptureModeGlobal));
  auto launched = writer.append(call, stream);
  ASSERT_TRUE(launched) << launched.error().text;
  paged.key_cache = 0; // read during the call only
  ASSERT_EQ(hipSuccess, HIP(hipStreamEndCapture)(stream, &graph));
  ASSERT_EQ(hipSuccess, HIP(hipGraphGetNodes)(graph, nullptr, &nodes));
  EXPECT_EQ(1u, nodes);
  ASSERT_EQ(hipSuccess, HIP(hipGraphInstantiate)(&instance, graph, nullptr, nullptr, 0));
  for (size_t step = 0; step < steps.size(); ++step) {
    made = randomTokens(shape, "bf16", 4, unsigned(step));
    made.slots = steps[step];
    layOut(shape, made);
    append(expected, made);
    ASSERT_TRUE(device->write(call.keys, made.padded[keys].data(), made.padded[keys].size()));
    ASSERT_TRUE(device->write(call.values, made.padded[values].data(), made.padded[values].size()));
    ASSERT_TRUE(device->write(call.slots, made.slots.data(), made.slots.size() * sizeof(int64_t)));
    ASSERT_EQ(hipSuccess, HIP(hipGraphLaunch)(instance, stream));
    ASSERT_EQ(hipSuccess, HIP(hipStreamSynchronize)(stream));
  }
#undef HIP
  get(written, cache);
  dropNanSigns(expected);
  dropNanSigns(cache);
  EXPECT_TRUE(sameCache(expected, cache));
}

INSTANTIATE_TEST_SUITE_P(Devices, Captured, testing::Values("hip:0", "checked hip:0", "generic hip:0"), nameOf);

class Requests : public Libpa {};

// However a description is written, cache and library find the same kernel; what is not supported is said by field.
TEST_P(Requests, areServedAndRefusedLikeThoseOfDecode) {
  EXPECT_TRUE(pa::check("gfx942", fp8Append));
  auto refused = pa::check("gfx942", R"({"op":"append","cache_type":"bf16","head_size":48,"kv_heads":2,"page_size":24,
                                        "layout":"nhd"})");
  ASSERT_FALSE(refused);
  EXPECT_EQ(PA_UNSUPPORTED, refused.error().status);
  EXPECT_TRUE(has(refused.error().text, "head_size is 48, allowed: a multiple of 16 from 64 to 256"));
  EXPECT_TRUE(has(refused.error().text, "\npage_size is 24, allowed: 1, 8 or a multiple of 16"));
  auto wrong = device->request(pa::Source::variant(R"({"op":"prepend"})"));
  ASSERT_FALSE(wrong);
  EXPECT_EQ("variant.op is \"prepend\", allowed: decode, append, copy_pages, merge_states", wrong.error().text);

  auto explained = pa::explain("gfx942", fp8Append);
  ASSERT_TRUE(explained) << explained.error().text;
  EXPECT_TRUE(has(*explained, "\"rows_per_workgroup\": 64"));
  kernel(fp8Append);
  auto cached = device->request(pa::Source::variant(R"({"op":"append","layout":"shuffled","page_size":16,"kv_heads":2,
      "value_head_size":64,"head_size":64,"cache_type":"fp8_e4m3fn","scales":"token","token_type":"bf16"})"),
                                PA_ONLY_CACHED);
  EXPECT_TRUE(cached) << cached.error().text;
  auto here = device->request(pa::Source::variant(fp8Append), PA_ONLY_CACHED | PA_IN_PROCESS);
  EXPECT_TRUE(here) << here.error().text;
}

INSTANTIATE_TEST_SUITE_P(Devices, Requests, testing::Values("emulated:gfx942"),
                         [](const auto &) { return "emulated"; });

} // namespace
