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

#endif
