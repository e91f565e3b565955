#include "compiler/tools/run/Options.h"

#include <gtest/gtest.h>

using namespace pa;
using namespace pa::run;

namespace {

Expected<Options> parse(std::vector<std::string> arguments) {
  std::vector<char *> argv = {const_cast<char *>("pa-run")};
  for (std::string &argument : arguments)
    argv.push_back(argument.data());
  return parseOptions(static_cast<int>(argv.size()), argv.data());
}

TEST(Options, everyOneIsRead) {
  auto options = parse({"k.hsaco",
                        "--chip=gfx950",
                        "--device",
                        "emulated:gfx950",
                        "--pa-options=a=b",
                        "--contexts",
                        "1,2,4096",
                        "--batch=5",
                        "--seed=7",
                        "--qlens=1,3,0,8",
                        "--scale=0.25",
                        "--soft-cap=50",
                        "--output-scale=0.5",
                        "--score-numbers=1,-2.5",
                        "--score-tensors=a,b",
                        "--inputs=peaked",
                        "--pages=ordered",
                        "--unused=zero",
                        "--strides=padded",
                        "--table-width=9",
                        "--spare-pages=0",
                        "--sanitize=off",
                        "--mfma=fast",
                        "--check=verify,exactness",
                        "--repeat=3",
                        "--json=-",
                        "--save-output=o",
                        "--progress"});
  ASSERT_TRUE(options) << options.error().message;
  EXPECT_EQ("k.hsaco", options->input);
  EXPECT_EQ("gfx950", options->chip);
  EXPECT_EQ("emulated:gfx950", options->device);
  EXPECT_EQ("a=b", options->paOptions);
  EXPECT_EQ((std::vector<int>{1, 2, 4096}), options->inputs.contexts);
  EXPECT_EQ(5, options->inputs.batch);
  EXPECT_EQ(7u, options->inputs.seed);
  EXPECT_EQ((std::vector<int>{1, 3, 0, 8}), options->inputs.qlens);
  EXPECT_EQ(0.25f, options->inputs.scale);
  EXPECT_EQ(50.0f, options->inputs.softCap);
  EXPECT_EQ(0.5f, options->inputs.outputScale);
  EXPECT_EQ((std::vector<float>{1, -2.5f}), options->inputs.scoreNumbers);
  EXPECT_EQ((std::vector<std::string>{"a", "b"}), options->inputs.scoreTensorFiles);
  EXPECT_EQ(Distribution::peaked, options->inputs.distribution);
  EXPECT_EQ(PageOrder::ordered, options->inputs.pages);
  EXPECT_FALSE(options->inputs.poison);
  EXPECT_EQ(Packing::padded, options->inputs.packing);
  EXPECT_EQ(9, options->inputs.tableWidth);
  EXPECT_EQ(0, options->inputs.sparePages);
  EXPECT_EQ((std::vector<std::pair<std::string, std::string>>{{"sanitizer", "off"}, {"mfma", "fast"}}),
            options->deviceOptions);
  EXPECT_TRUE(options->verify);
  EXPECT_TRUE(options->exactness);
  EXPECT_EQ(3, options->repeat);
  EXPECT_EQ("-", options->jsonFile);
  EXPECT_EQ("o", options->outputFile);
  EXPECT_TRUE(options->progress);
}

TEST(Options, aGenericKernelIsAVariants) {
  EXPECT_FALSE(parse({"k.json"})->generic);
  EXPECT_TRUE(parse({"k.json", "--generic"})->generic);
}

TEST(Options, everyFileIsRead) {
  const std::pair<const char *, std::string InputOptions::*> files[] = {
      {"q", &InputOptions::queryFile},
      {"k", &InputOptions::keyFile},
      {"v", &InputOptions::valueFile},
      {"k-scales", &InputOptions::keyScalesFile},
      {"v-scales", &InputOptions::valueScalesFile},
      {"tables", &InputOptions::tablesFile},
      {"lens", &InputOptions::lensFile},
      {"kv-indptr", &InputOptions::kvIndptrFile},
      {"qo-indptr", &InputOptions::qoIndptrFile},
      {"slopes", &InputOptions::slopesFile},
      {"sinks", &InputOptions::sinksFile},
  };
  for (const auto &[name, member] : files) {
    auto options = parse({"k.hsaco", std::string("--") + name, "file"});
    ASSERT_TRUE(options) << name;
    EXPECT_EQ("file", options->inputs.*member) << name;
    EXPECT_TRUE(options->inputs.anyFile()) << name;
  }
  EXPECT_FALSE(parse({"k.hsaco"})->inputs.anyFile());
}

TEST(Options, everyKindOfInputIsRead) {
  const std::pair<const char *, Distribution> kinds[] = {
      {"normal", Distribution::normal},        {"uniform", Distribution::uniform},
      {"constant-v", Distribution::constantV}, {"peaked", Distribution::peaked},
      {"equal", Distribution::equal},          {"outliers", Distribution::outliers},
      {"every-code", Distribution::everyCode},
  };
  for (const auto &[name, kind] : kinds) {
    EXPECT_EQ(kind, parse({"k", "--inputs", name})->inputs.distribution);
    EXPECT_STREQ(name, toString(kind));
  }
  EXPECT_EQ(PageOrder::sparse, parse({"k", "--pages=sparse"})->inputs.pages);
  EXPECT_EQ(Packing::packed, parse({"k", "--strides=packed"})->inputs.packing);
}

TEST(Options, checksMayBeLeftOut) {
  EXPECT_TRUE(parse({"k"})->verify);
  EXPECT_FALSE(parse({"k"})->exactness);
  EXPECT_FALSE(parse({"k", "--check=none"})->verify);
  EXPECT_FALSE(parse({"k", "--check=exactness"})->verify);
  EXPECT_TRUE(parse({"k", "--exactness"})->verify);
}

TEST(Options, everyWrongOneIsNamedWithWhatIsAllowed) {
  const std::pair<std::vector<std::string>, const char *> cases[] = {
      {{}, "no input"},
      {{"k.mlir", "--generic"}, "'--generic' compiles nothing: it needs a variant's .json, without --passes and"},
      {{"k.json", "--generic", "--passes"}, "'--generic' compiles nothing"},
      {{"k.json", "--generic", "--pa-options=a=b"}, "'--generic' compiles nothing"},
      {{"a", "b"}, "one input is allowed, got 'a' and 'b'"},
      {{"k", "--window=3"}, "unknown option '--window'"},
      {{"k", "--batch"}, "option '--batch' needs a value: N"},
      {{"k", "--batch=0"}, "option '--batch' is '0', allowed: a whole number from 1"},
      {{"k", "--contexts=1,,2"}, "option '--contexts' is '1,,2', allowed: whole numbers"},
      {{"k", "--contexts=-1"}, "option '--contexts' is '-1'"},
      {{"k", "--contexts="}, "option '--contexts' is ''"},
      {{"k", "--scale=inf"}, "option '--scale' is 'inf', allowed: a finite number"},
      {{"k", "--scale=1x"}, "option '--scale' is '1x'"},
      {{"k", "--inputs=zero"},
       "option '--inputs' is 'zero', allowed: normal, uniform, constant-v, peaked, equal, outliers"},
      {{"k", "--qlens=1,5000"}, "option '--qlens' is '1,5000', allowed: whole numbers from 0 to 4096"},
      {{"k", "--soft-cap=0"}, "option '--soft-cap' is '0', allowed: a finite number above 0"},
      {{"k", "--output-scale=-1"}, "option '--output-scale' is '-1'"},
      {{"k", "--pages=random"}, "option '--pages' is 'random', allowed: shuffled, ordered, sparse"},
      {{"k", "--strides=odd"}, "option '--strides' is 'odd', allowed: dense, padded, packed"},
      {{"k", "--score-numbers=1,2,3,4,5"}, "option '--score-numbers' is '1,2,3,4,5', allowed: 1 to 4"},
      {{"k", "--score-tensors=a,b,c,d,e"}, "option '--score-tensors' is 'a,b,c,d,e', allowed: 1 to 4"},
      {{"k", "--check=none,verify"}, "option '--check' is 'none,verify'"},
      {{"k", "--check=speed"}, "option '--check' is 'speed'"},
      {{"k", "--progress=1"}, "option '--progress' takes no value, got '1'"},
      {{"k", "--exactness", "--tables=t"}, "exactness is checked on generated inputs only"},
  };
  for (const auto &[arguments, message] : cases) {
    auto options = parse(arguments);
    ASSERT_FALSE(options) << message;
    EXPECT_EQ(0u, options.error().message.find(message)) << options.error().message;
  }
}

} // namespace
