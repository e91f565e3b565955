#include "pa/merge_abi.h"
#include "test/cache/Runner.h"
#include "test/reference/CacheWrites.h"

#include <cmath>
#include <limits>
#include <random>

using namespace pa;
using namespace pa::cachetest;
namespace ref = pa::reference;

namespace {

constexpr float none = -std::numeric_limits<float>::infinity();

struct Shape {
  ref::Type type = ref::Type::bf16;
  int tokens = 9, heads = 5, headSize = 128;
  size_t gap = 0; // bytes between tokens

  size_t rows() const { return size_t(tokens) * heads; }
  size_t stride() const { return size_t(heads) * headSize * 2 + gap; }
  size_t place(size_t row, int d) const { // of an element, in 16-bit words
    return row / heads * (stride() / 2) + (row % heads) * headSize + d;
  }
  size_t words() const { return tokens * stride() / 2; }
};

struct State {
  std::vector<uint16_t> values;
  std::vector<float> lse;
  double at(const Shape &shape, size_t row, int d) const {
    return ref::decode(shape.type, values[shape.place(row, d)]);
  }
};

State randomState(const Shape &shape, unsigned seed) {
  State state{std::vector<uint16_t>(shape.words(), 0xeeee), {}};
  std::mt19937 random(seed);
  std::normal_distribution<double> normal;
  for (size_t row = 0; row < shape.rows(); ++row) {
    state.lse.push_back(float(5 * normal(random)));
    for (int d = 0; d < shape.headSize; ++d)
      state.values[shape.place(row, d)] = ref::encode(shape.type, normal(random));
  }
  return state;
}

std::string mergeIr(const Shape &shape) {
  std::string heads = std::to_string(shape.heads);
  std::string values =
      "memref<?x" + heads + "x" + std::to_string(shape.headSize) + "x" + ref::facts(shape.type).name + ">";
  std::string lse = "memref<?x" + heads + "xf32>";
  return "func.func @merge(%a: " + values + ", %la: " + lse + ", %b: " + values + ", %lb: " + lse + ", %o: " + values +
         ", %l: " + lse + ") {\n  pa.merge_states %a, %la, %b, %lb into %o, %l : " + values + ", " + lse +
         "\n  return\n}\n";
}

Wanted mergeOf(const Shape &shape) {
  return {mergeIr(shape), "merge",
          R"({"op":"merge_states","type":")" + std::string(ref::facts(shape.type).name) + R"(","heads":)" +
              std::to_string(shape.heads) + R"(,"head_size":)" + std::to_string(shape.headSize) + "}"};
}

// `inPlace`: the result takes the place of the second state.
State run(const std::string &chip, const Shape &shape, const State &a, const State &b, bool inPlace = false) {
  Runner runner(chip);
  pa_merge_states_args args = {};
  args.abi_version = PA_MERGE_STATES_ABI_VERSION;
  args.struct_size = sizeof args;
  args.a = runner.put("a", a.values);
  args.a_lse = runner.put("a_lse", a.lse);
  args.b = runner.put("b", b.values);
  args.b_lse = runner.put("b_lse", b.lse);
  args.output = inPlace ? args.b : runner.put("output", std::vector<uint16_t>(shape.words(), 0xeeee));
  args.lse = inPlace ? args.b_lse : runner.put("lse", std::vector<float>(shape.rows(), 77));
  args.a_token_stride = args.b_token_stride = args.output_token_stride = int64_t(shape.stride());
  args.num_tokens = shape.tokens;
  runner.launch(mergeOf(shape), args, int64_t(shape.rows()));
  return {runner.get<uint16_t>(args.output, shape.words()), runner.get<float>(args.lse, shape.rows())};
}

class MergeStates : public testing::TestWithParam<const char *> {};
INSTANTIATE_TEST_SUITE_P(Chips, MergeStates, testing::Values("gfx942", "gfx950", "gfx942_generic", "gfx950_generic"),
                         [](const auto &info) { return std::string(info.param); });

TEST_P(MergeStates, isTheWeightedMeanAndTheLseOfBoth) {
  for (auto [type, headSize, gap] : {std::tuple{ref::Type::bf16, 128, 0},
                                     {ref::Type::f16, 64, 32},
                                     {ref::Type::bf16, 80, 16},
                                     {ref::Type::f16, 256, 0}}) {
    Shape shape;
    shape.type = type;
    shape.headSize = headSize;
    shape.gap = gap;
    SCOPED_TRACE(std::string(ref::facts(type).name) + " " + std::to_string(headSize));
    State a = randomState(shape, 1), b = randomState(shape, 2), got = run(GetParam(), shape, a, b);
    for (size_t row = 0; row < shape.rows(); ++row) {
      ref::MergedRow expected = ref::mergeRow(type, &a.values[shape.place(row, 0)], a.lse[row],
                                              &b.values[shape.place(row, 0)], b.lse[row], headSize);
      EXPECT_NEAR(expected.lse, got.lse[row], expected.allowedLse);
      for (int d = 0; d < headSize; ++d)
        ASSERT_NEAR(expected.values[d], got.at(shape, row, d), expected.allowed[d]) << "row " << row << ", d " << d;
    }
    EXPECT_EQ(got.values, run(GetParam(), shape, a, b, true).values) << "in place";
    EXPECT_EQ(got.lse, run(GetParam(), shape, a, b, true).lse) << "in place";
  }
}

// Whatever stands in the values of a side that saw no key: NaN here.
TEST_P(MergeStates, aSideWithoutKeysLeavesTheOtherAsItIs) {
  Shape shape;
  State a = randomState(shape, 3), b = randomState(shape, 4);
  State expected = a;
  for (size_t row = 0; row < shape.rows(); ++row) {
    State *empty = row % 3 == 0 ? &a : row % 3 == 1 ? &b : nullptr;
    const State &kept = empty == &a ? b : a;
    expected.lse[row] = empty ? kept.lse[row] : none;
    for (int d = 0; d < shape.headSize; ++d)
      expected.values[shape.place(row, d)] = empty ? kept.values[shape.place(row, d)] : 0;
    for (State *side : {&a, &b})
      if (!empty || side == empty) {
        side->lse[row] = none;
        for (int d = 0; d < shape.headSize; ++d)
          side->values[shape.place(row, d)] = ref::poisonCode(shape.type);
      }
  }
  State got = run(GetParam(), shape, a, b);
  EXPECT_EQ(expected.values, got.values);
  EXPECT_EQ(expected.lse, got.lse);
}

// Weights that underflow count for nothing, and a result that is alike on both sides stays as it is.
TEST_P(MergeStates, extremesAreExact) {
  Shape shape;
  State a = randomState(shape, 5), b = a;
  for (size_t row = 0; row < shape.rows(); ++row) {
    a.lse[row] = row % 2 ? 1000 : 1.5f * float(row);
    b.lse[row] = row % 2 ? -1000 : 2;
  }
  State got = run(GetParam(), shape, a, b);
  EXPECT_EQ(a.values, got.values);
  for (size_t row = 1; row < shape.rows(); row += 2)
    EXPECT_EQ(1000, got.lse[row]);
}

} // namespace
