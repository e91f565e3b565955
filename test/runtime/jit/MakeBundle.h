// A bundle of the example's variant, by the real compiler.
#ifndef PA_TEST_RUNTIME_JIT_MAKEBUNDLE_H
#define PA_TEST_RUNTIME_JIT_MAKEBUNDLE_H

#include <gtest/gtest.h>
#include <spawn.h>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

inline void makeBundle(const std::string &bundle) {
  const char *arguments[] = {PA_COMPILE, "bundle",       "--variants", PA_EXAMPLE_VARIANT, "--chip", "gfx942",
                             "-o",       bundle.c_str(), nullptr};
  pid_t compiler;
  ASSERT_EQ(0, posix_spawn(&compiler, PA_COMPILE, nullptr, nullptr, const_cast<char **>(arguments), environ));
  int status = -1;
  ASSERT_EQ(compiler, waitpid(compiler, &status, 0));
  ASSERT_EQ(0, status);
}

#endif
