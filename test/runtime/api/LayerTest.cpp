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

} // namespace
