// The kernels that test/runtime/CMakeLists.txt builds.
#ifndef PA_TEST_RUNTIME_KERNELFILE_H
#define PA_TEST_RUNTIME_KERNELFILE_H

#include "test/runtime/Has.h"

#include <fstream>
#include <iterator>
#include <string>

inline std::string kernelFile(const std::string &name) {
  std::ifstream file(PA_KERNELS "/" + name + ".hsaco", std::ios::binary);
  EXPECT_TRUE(file) << name;
  return {std::istreambuf_iterator<char>(file), {}};
}

// A kernel of decode that describes itself as one beside decode.
inline std::string describedAs(const std::string &op, const std::string &parameters, const std::string &launch) {
  std::string object = kernelFile("nhd-gfx942");
  size_t begin = object.find("{\"pa\":"), end = begin;
  for (int depth = 0; end == begin || depth > 0; ++end)
    depth += (object[end] == '{') - (object[end] == '}');
  std::string text = R"({"pa":2,"op":")" + op +
                     R"(","abi":1,"kernel":"decode_naive","chip":"gfx942","compiler":"test",")" + op +
                     "\":" + parameters + ",\"launch\":" + launch + "}";
  EXPECT_LE(text.size(), end - begin);
  text.resize(end - begin, ' ');
  return object.replace(begin, text.size(), text);
}

#endif
