// Queries, and what scores are made of besides keys.
#include "compiler/tools/run/MakeProblem.h"

#include <cmath>

namespace pa::run {
namespace {

// A sink that is nothing beside any score: with constant values the result is then the constant.
constexpr float noSink = -1e4f;

Status refuseFile(const std::string &path, const char *option, bool wanted) {
  if (path.empty() || wanted)
    return {};
  return wrongInput(std::string("the kernel has no such input, so there is no place for --") + option);
}

Status makeSlopes(const InputOptions &options, Problem &problem) {
  size_t heads = problem.shape.queryHeads;
  if (!options.slopesFile.empty())
    return loadRaw("alibi_slopes", options.slopesFile, problem.slopes, heads, 1, "a float a query head");
  for (size_t head = 0; head < heads; ++head) // those of the paper
    problem.slopes.push_back(static_cast<float>(std::exp2(-8.0 * double(head + 1) / double(heads))));
  return {};
}

Status makeSinks(const InputOptions &options, Problem &problem) {
  size_t heads = problem.shape.queryHeads;
  if (!options.sinksFile.empty())
    return loadRaw("sinks", options.sinksFile, problem.sinks, heads, 1, "a float a query head");
  std::vector<uint16_t> codes(heads);
  Quantiles::normal(reference::Type::bf16, 2).fill(codes.data(), heads, streamOf(options, Tensor::sinks, 0, 0, 0));
  for (uint16_t code : codes)
    problem.sinks.push_back(options.distribution == Distribution::constantV
                                ? noSink
                                : static_cast<float>(reference::decode(reference::Type::bf16, code)));
  return {};
}

Status loadScoreTensors(const InputOptions &options, Problem &problem) {
  for (const std::string &path : options.scoreTensorFiles)
    if (Status status = loadRaw("score tensor", path, problem.scoreTensors.emplace_back(), 0, 1, "float32"); !status)
      return status;
  return {};
}

} // namespace

Status makeScoreInputs(const Variant &variant, const InputOptions &options, Problem &problem) {
  problem.scale = options.scale != 0 ? options.scale : static_cast<float>(1 / std::sqrt(double(variant.headSize)));
  problem.softCap = options.softCap != 0 ? options.softCap : variant.softCap ? 30.0f : 0.0f;
  if (options.softCap != 0 && !variant.softCap)
    return wrongInput("the kernel has no soft-cap, so there is no place for --soft-cap");
  bool fp8Output = elementBytes(variant.outputType) == 1;
  if (options.outputScale != 0 && !fp8Output)
    return wrongInput("the kernel's output is not FP8, so there is no place for --output-scale");
  // Results reach about 4: that fills the range of both formats. With constant values results must be numbers of the
  // format, so the scale is a power of two.
  float usual = options.distribution == Distribution::constantV ? 1.0f / 32 : 0.0175f;
  problem.outputScale = !fp8Output ? 1 : options.outputScale != 0 ? options.outputScale : usual;
  if (Status status = refuseFile(options.slopesFile, "slopes", variant.alibi); !status)
    return status;
  if (Status status = refuseFile(options.sinksFile, "sinks", variant.sinks); !status)
    return status;
  if (!variant.userScore && (!options.scoreNumbers.empty() || !options.scoreTensorFiles.empty()))
    return wrongInput("the kernel has no score of the user's, so there is no place for --score-numbers or "
                      "--score-tensors");
  std::copy(options.scoreNumbers.begin(), options.scoreNumbers.end(), problem.scoreNumbers.begin());
  if (Status status = loadScoreTensors(options, problem); !status)
    return status;
  if (variant.alibi)
    if (Status status = makeSlopes(options, problem); !status)
      return status;
  return variant.sinks ? makeSinks(options, problem) : Status();
}

Status makeQuery(const InputOptions &options, Problem &problem) {
  const reference::Shape &shape = problem.shape;
  size_t row = size_t(shape.queryHeads) * shape.headSize, tokens = problem.tokens();
  if (!options.queryFile.empty()) {
    std::string counted = problem.qoIndptr.empty() ? std::to_string(problem.sequences()) + " sequences * " +
                                                         std::to_string(shape.queryTokens) + " query tokens"
                                                   : std::to_string(tokens) + " query tokens";
    return loadRaw("query", options.queryFile, problem.query, tokens * row, 1,
                   counted + " * " + std::to_string(shape.queryHeads) + " heads * head size " +
                       std::to_string(shape.headSize) + " * 2 bytes");
  }
  problem.query.resize(tokens * row);
  if (options.distribution == Distribution::equal)
    return {};
  Quantiles normal = Quantiles::normal(shape.queryType, options.distribution == Distribution::peaked ? 4 : 1);
  reference::Inputs inputs = problem.inputs();
  for (int sequence = 0; sequence < problem.sequences(); ++sequence)
    for (int token = 0, count = queryTokens(shape, inputs, sequence); token < count; ++token) {
      // By the token's own position: a context that is shorter by a token has the same queries but the last.
      int64_t position = int64_t(contextOf(shape, inputs, sequence)) - count + token;
      normal.fill(&problem.query[(firstToken(shape, inputs, sequence) + token) * row], row,
                  streamOf(options, Tensor::query, sequence, static_cast<uint64_t>(position), 0));
    }
  return {};
}

} // namespace pa::run
