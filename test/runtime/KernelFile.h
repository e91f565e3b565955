// The kernels that test/runtime/CMakeLists.txt builds.
#ifndef PA_TEST_RUNTIME_KERNELFILE_H
#define PA_TEST_RUNTIME_KERNELFILE_H

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

inline std::string kernelFile(const std::string &name) {
  std::ifstream file(PA_KERNELS "/" + name + ".hsaco", std::ios::binary);
  EXPECT_TRUE(file) << name;
  return {std::istreambuf_iterator<char>(file), {}};
}

// Whether the text has the part, with the text in the message if not.
inline testing::AssertionResult has(const std::string &text, const std::string &part) {
  if (text.find(part) != std::string::npos)
    return testing::AssertionSuccess();
  return testing::AssertionFailure() << "'" << part << "' is not in '" << text << "'";
}

#endif
