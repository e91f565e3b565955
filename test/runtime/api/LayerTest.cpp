// The C++ layer over the C interface.
#include "pa/pa.hpp"
#include "test/runtime/KernelFile.h"

namespace {

TEST(Layer, resultsAreValuesOrErrors) {
  auto none = pa::Device::open("emulated:gfx90a");
  ASSERT_FALSE(none);
  EXPECT_EQ(PA_INVALID_ARGUMENT, none.error().status);
  EXPECT_TRUE(has(none.error().text, "unknown chip 'gfx90a'"));

  auto device = pa::Device::open("emulated:gfx950");
  ASSERT_TRUE(device);
  EXPECT_EQ("gfx950", device->chip());
  EXPECT_EQ(256u, device->computeUnits());
  std::string object = kernelFile("nhd-gfx950");
  auto kernel = device->load(object.data(), object.size());
  ASSERT_TRUE(kernel) << kernel.error().text;
  EXPECT_EQ(64u, kernel->info().head_size);
  auto workspace = kernel->workspace(3);
  ASSERT_TRUE(workspace);
  EXPECT_EQ(0u, workspace->bytes);
  auto decoded = kernel->decode({});
  ASSERT_FALSE(decoded);
  EXPECT_TRUE(has(decoded.error().text, "num_seqs is 0"));

  auto address = device->allocate("numbers", 8);
  ASSERT_TRUE(address);
  uint64_t in = 42, out = 0;
  EXPECT_TRUE(device->write(*address, &in, 8));
  EXPECT_TRUE(device->read(&out, *address, 8));
  EXPECT_EQ(in, out);
  EXPECT_TRUE(device->release(*address));

  // The program's own memory, at its own address.
  auto mapped = device->map("mine", &in, sizeof in);
  ASSERT_TRUE(mapped) << mapped.error().text;
  EXPECT_EQ(reinterpret_cast<uint64_t>(&in), *mapped);
  out = 7;
  EXPECT_TRUE(device->write(*mapped, &out, 8));
  EXPECT_EQ(7u, in);
  auto again = device->map("again", &in, sizeof in);
  ASSERT_FALSE(again);
  EXPECT_TRUE(has(again.error().text, "mapping 'again'"));
  EXPECT_TRUE(has(again.error().text, "overlaps 'mine'"));
  EXPECT_TRUE(device->unmap(&in));
  EXPECT_FALSE(device->unmap(&in));
  EXPECT_FALSE(device->write(*mapped, &out, 8));
  EXPECT_EQ("host is null, expected a pointer", device->map("none", nullptr, 8).error().text);
}

TEST(Layer, handlesMoveAndOutliveTheirDevice) {
  auto device = pa::Device::open("emulated:gfx942");
  std::string object = kernelFile("nhd-gfx942");
  auto loaded = device->load(object.data(), object.size());
  ASSERT_TRUE(loaded);
  pa::Kernel kernel = std::move(*loaded);
  device = pa::Failure{PA_INTERNAL, "gone"};
  EXPECT_EQ(8u, kernel.info().q_heads);
  EXPECT_TRUE(kernel.workspace(1));
}

// Nothing is compiled for them.
TEST(Layer, reasonsAreGivenOneByOne) {
  auto refused = pa::check("gfx950", R"({"cache_type":"bf16","head_size":136,"q_heads":8,"kv_heads":2,"page_size":24,
                                        "layout":"nhd"})");
  ASSERT_FALSE(refused);
  ASSERT_EQ(3u, refused.error().reasons.size());
  const pa::Refusal &first = refused.error().reasons[0], &last = refused.error().reasons[2];
  EXPECT_EQ("head_size", first.field);
  EXPECT_EQ("136", first.value);
  EXPECT_EQ("a multiple of 16 from 64 to 256", first.allowed);
  EXPECT_EQ(PA_LIMIT_HARDWARE, first.limit);
  EXPECT_EQ("value_head_size", refused.error().reasons[1].field); // the head size, where nothing else is said
  EXPECT_EQ("page_size", last.field);
  EXPECT_EQ(first.text + "\n" + refused.error().reasons[1].text + "\n" + last.text +
                "\nnearest supported: head_size 144, value_head_size 144, page_size 32",
            refused.error().text);
  EXPECT_TRUE(has(first.text, first.why));
  ASSERT_EQ(3u, pa_reason_count());

  pa_reason reason = {};
  EXPECT_EQ(PA_INVALID_ARGUMENT, pa_reason_get(0, &reason)); // without its size
  reason.size = sizeof reason;
  EXPECT_EQ(PA_OK, pa_reason_get(2, &reason));
  EXPECT_STREQ("24", reason.value);
  EXPECT_EQ(PA_INVALID_ARGUMENT, pa_reason_get(3, &reason));
  EXPECT_EQ(PA_INVALID_ARGUMENT, pa_reason_get(0, nullptr));
  EXPECT_EQ(refused.error().text, pa_last_error());

  // A request's, and those of descriptions that are wrong; a call that is refused for something else has none.
  auto device = pa::Device::open("emulated:gfx942");
  auto wrong = device->request(pa::Source::variant(R"({"cache_type":"bf17","head_size":64,"pages":1})"));
  ASSERT_FALSE(wrong);
  std::vector<std::string> fields;
  for (const pa::Refusal &one : wrong.error().reasons) {
    EXPECT_EQ(PA_LIMIT_DESCRIPTION, one.limit);
    fields.push_back(one.field);
  }
  EXPECT_EQ((std::vector<std::string>{"cache_type", "kv_heads", "page_size", "layout", "q_heads", "pages"}), fields);
  EXPECT_EQ("\"bf17\"", wrong.error().reasons[0].value);
  EXPECT_EQ("", wrong.error().reasons[1].value);
  auto list = pa::check("gfx942", "[]");
  ASSERT_EQ(1u, list.error().reasons.size());
  EXPECT_EQ("", list.error().reasons[0].field);
  EXPECT_TRUE(pa::check("gfx90a", "{}").error().reasons.empty());
  EXPECT_EQ(0u, pa_reason_count());
}

} // namespace
