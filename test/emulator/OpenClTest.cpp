// Whole kernels that clang made, at O0 to O3 and for both chips, against the host's results on random input.
#include "runtime/emulator/Emulator.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fstream>
#include <iterator>
#include <numeric>
#include <random>

namespace pa::emu::test {
namespace {

template <class T> std::vector<T> randomOf(std::mt19937_64 &random, size_t count, uint64_t mask = ~0ull) {
  std::vector<T> out(count);
  for (T &x : out)
    x = T(random() & mask);
  return out;
}
template <class To, class From> To cast(From x) {
  static_assert(sizeof(To) == sizeof(From));
  To y;
  std::memcpy(&y, &x, sizeof y);
  return y;
}

struct Param {
  const char *chip;
  int level;
};
std::string nameOf(const testing::TestParamInfo<Param> &p) {
  return std::string(p.param.chip) + "_O" + std::to_string(p.param.level);
}

class OpenCl : public testing::TestWithParam<Param> {
protected:
  void SetUp() override {
    std::string path =
        std::string(PA_OPENCL_KERNELS) + "/" + GetParam().chip + ".O" + std::to_string(GetParam().level) + ".co";
    std::ifstream in(path, std::ios::binary);
    object.assign(std::istreambuf_iterator<char>(in), {});
    ASSERT_FALSE(object.empty()) << path;
    device.emplace(*Device::create(GetParam().chip));
    Result<Module> m = device->load(object.data(), object.size());
    ASSERT_TRUE(bool(m)) << m.error().message;
    module = *m;
    options.maxInstructions = 50000000;
  }
  template <class T> uint64_t upload(const char *name, const std::vector<T> &data) {
    uint64_t a = *device->memory().allocate(name, data.size() * sizeof(T));
    EXPECT_TRUE(bool(device->memory().write(a, data.data(), data.size() * sizeof(T))));
    return a;
  }
  template <class T> std::vector<T> download(uint64_t address, size_t count) {
    std::vector<T> data(count);
    EXPECT_TRUE(bool(device->memory().read(address, data.data(), count * sizeof(T))));
    return data;
  }
  // Arguments in order, each at its own alignment; hidden ones stay zero.
  template <class... T> void run(const char *kernel, unsigned groups, unsigned items, T... arguments) {
    Launch launch;
    launch.kernel = kernel;
    launch.grid = {groups, 1, 1};
    launch.block = {items, 1, 1};
    auto put = [&](auto value) {
      size_t at = (launch.kernarg.size() + sizeof value - 1) / sizeof value * sizeof value;
      launch.kernarg.resize(at + sizeof value);
      std::memcpy(&launch.kernarg[at], &value, sizeof value);
    };
    (put(arguments), ...);
    launch.kernarg.resize(std::max<size_t>(launch.kernarg.size(), module->kernel(kernel)->kernargBytes));
    Result<Report> r = device->run(*module, launch, options);
    ASSERT_TRUE(bool(r)) << r.error().message;
  }

  std::string object;
  std::optional<Device> device;
  std::optional<Module> module;
  RunOptions options;
  std::mt19937_64 random{17};
};

TEST_P(OpenCl, recursionThroughScratch) {
  uint64_t out = upload("out", std::vector<int>(128));
  run("recursion", 2, 64, out);
  const int fibonacci[] = {0, 1, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89};
  auto got = download<int>(out, 128);
  for (unsigned n = 0; n < 128; ++n)
    ASSERT_EQ(got[n], fibonacci[n % 64 % 12]);
}

TEST_P(OpenCl, reduction) {
  auto in = randomOf<int>(random, 5000, 0xffff);
  uint64_t out = upload("out", std::vector<int>(4));
  run("reduction", 4, 256, upload("in", in), out, 5000);
  auto got = download<int>(out, 4);
  EXPECT_EQ(std::accumulate(got.begin(), got.end(), 0), std::accumulate(in.begin(), in.end(), 0));
}

TEST_P(OpenCl, scan) {
  auto in = randomOf<int>(random, 512);
  uint64_t out = upload("out", std::vector<int>(512));
  run("scan", 2, 256, upload("in", in), out);
  auto got = download<int>(out, 512);
  for (unsigned g = 0; g < 2; ++g) {
    uint32_t sum = 0;
    for (unsigned n = 0; n < 256; ++n) {
      sum += uint32_t(in[g * 256 + n]);
      ASSERT_EQ(uint32_t(got[g * 256 + n]), sum);
    }
  }
}

TEST_P(OpenCl, sort) {
  auto data = randomOf<int>(random, 512);
  uint64_t address = upload("data", data);
  run("sort", 2, 256, address);
  std::sort(data.begin(), data.begin() + 256);
  std::sort(data.begin() + 256, data.end());
  EXPECT_EQ(download<int>(address, 512), data);
}

TEST_P(OpenCl, histogram) {
  auto in = randomOf<uint8_t>(random, 4000);
  uint64_t counts = upload("counts", std::vector<uint32_t>(256));
  run("histogram", 4, 256, upload("in", in), counts, 4000);
  std::vector<uint32_t> expected(256);
  for (uint8_t x : in)
    ++expected[x];
  EXPECT_EQ(download<uint32_t>(counts, 256), expected);
}

TEST_P(OpenCl, matrixProduct) {
  constexpr int n = 48;
  std::vector<float> a(n * n), b(n * n);
  for (auto *m : {&a, &b})
    for (float &x : *m)
      x = float(int(random() % 17) - 8); // sums are exact
  uint64_t c = upload("c", std::vector<float>(n * n));
  run("matmul", 9, 256, upload("a", a), upload("b", b), c, n);
  auto got = download<float>(c, n * n);
  for (int i = 0; i < n; ++i)
    for (int j = 0; j < n; ++j) {
      float sum = 0;
      for (int k = 0; k < n; ++k)
        sum += a[size_t(i) * n + size_t(k)] * b[size_t(k) * n + size_t(j)];
      ASSERT_EQ(got[size_t(i) * n + size_t(j)], sum);
    }
}

TEST_P(OpenCl, softmax) {
  std::vector<float> in(256);
  std::normal_distribution<float> normal(0, 4);
  for (float &x : in)
    x = normal(random);
  uint64_t out = upload("out", in);
  run("softmax", 4, 64, upload("in", in), out);
  auto got = download<float>(out, 256);
  for (unsigned g = 0; g < 4; ++g) {
    double most = *std::max_element(&in[g * 64], &in[g * 64] + 64), sum = 0;
    for (unsigned n = 0; n < 64; ++n)
      sum += std::exp(in[g * 64 + n] - most);
    for (unsigned n = 0; n < 64; ++n)
      ASSERT_NEAR(got[g * 64 + n], std::exp(in[g * 64 + n] - most) / sum, 2e-6);
  }
}

// OpenCL asks 2.5 ulp of a division and 3 of a square root; clang gives no more than that without an option.
void expectClose(float got, float expected) {
  EXPECT_NEAR(got, expected, 3 * (std::nextafter(std::fabs(expected), INFINITY) - std::fabs(expected)));
}

TEST_P(OpenCl, divisionsOfEveryType) {
  auto a = randomOf<uint64_t>(random, 128), b = randomOf<uint64_t>(random, 128);
  for (unsigned n = 0; n < 128; n += 3)
    b[n] >>= n % 60;
  uint64_t out = upload("out", std::vector<uint64_t>(128 * 16));
  run("divisions", 2, 64, upload("a", a), upload("b", b), out);
  auto got = download<uint64_t>(out, 128 * 16);
  for (unsigned n = 0; n < 128; ++n) {
    const uint64_t *o = &got[n * 16];
    uint64_t x = a[n], y = b[n];
    uint32_t y32 = uint32_t(y | 1);
    ASSERT_EQ(o[0], uint32_t(x) / y32);
    ASSERT_EQ(o[1], uint32_t(x) % y32);
    ASSERT_EQ(o[2], uint32_t(int32_t(x) / int32_t(y >> 40 | 1)));
    ASSERT_EQ(o[3], uint32_t(int32_t(x) % int32_t(y >> 40 | 1)));
    ASSERT_EQ(o[4], x / (y | 1));
    ASSERT_EQ(o[5], x % (y | 1));
    ASSERT_EQ(o[6], uint64_t(int64_t(x) / int64_t(y >> 9 | 1)));
    ASSERT_EQ(o[7], uint64_t(int64_t(x) % int64_t(y >> 9 | 1)));
    ASSERT_EQ(o[8], uint64_t(uint16_t(x) / uint16_t(y | 1)));
    ASSERT_EQ(o[9], uint64_t(uint8_t(x) % uint8_t(y | 1)));
    ASSERT_EQ(o[10], uint64_t(uint16_t(int16_t(x) / int16_t(y >> 53 | 1))));
    expectClose(cast<float>(uint32_t(o[11])), float(int32_t(x)) / float(y32));
    ASSERT_EQ(cast<double>(o[12]), double(int64_t(x)) / double(y | 1));
    ASSERT_EQ(cast<double>(o[13]), std::sqrt(double(y | 1)));
    // A quotient of small integers: one rounding of the exact value to a half.
    double quotient = double(uint8_t(x)) / double(uint8_t(y | 1));
    int e = 0;
    std::frexp(quotient, &e);
    double step = std::ldexp(1.0, std::max(e, -13) - 11), half = std::nearbyint(quotient / step) * step;
    uint32_t bits = uint32_t(o[14]);
    double gotHalf = (bits >> 10) ? std::ldexp(1024.0 + (bits & 1023), int(bits >> 10) - 25) : std::ldexp(bits, -24);
    ASSERT_EQ(gotHalf, half) << quotient;
    expectClose(cast<float>(uint32_t(o[15])), std::sqrt(float(y32)));
  }
}

TEST_P(OpenCl, arraysOfALane) {
  auto index = randomOf<int>(random, 8, 15);
  uint64_t out = upload("out", std::vector<int>(128));
  run("privateArray", 2, 64, upload("index", index), out);
  auto got = download<int>(out, 128);
  for (int n = 0; n < 128; ++n)
    ASSERT_EQ(got[size_t(n)], n % 64 * std::accumulate(index.begin(), index.end(), 0));
}

TEST_P(OpenCl, genericPointersToThreeMemories) {
  for (int which = 0; which < 3; ++which) {
    std::vector<int> data(128);
    for (int n = 0; n < 64; ++n)
      data[size_t(n)] = 5 * n;
    uint64_t address = upload("data", data);
    run("genericPointers", 1, 64, address, which);
    auto got = download<int>(address, 128);
    const int factor[] = {3, 5, 1};
    for (int n = 0; n < 64; ++n)
      ASSERT_EQ(got[size_t(64 + n)], factor[which] * n);
  }
}

TEST_P(OpenCl, workgroupsThatWaitForEachOther) {
  constexpr int groups = 100;
  uint64_t flags = upload("flags", std::vector<int>(groups));
  run("chain", groups, 64, flags, groups);
  auto got = download<int>(flags, groups);
  for (int n = 0; n < groups; ++n)
    ASSERT_EQ(got[size_t(n)], groups - n);
}

INSTANTIATE_TEST_SUITE_P(Clang, OpenCl,
                         testing::Values(Param{"gfx942", 0}, Param{"gfx942", 1}, Param{"gfx942", 2}, Param{"gfx942", 3},
                                         Param{"gfx950", 0}, Param{"gfx950", 1}, Param{"gfx950", 2},
                                         Param{"gfx950", 3}),
                         nameOf);

} // namespace
} // namespace pa::emu::test
