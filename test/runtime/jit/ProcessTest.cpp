// The compiler's process: how it begins, and every way in which it can end.
#include "runtime/jit/CompilerProcess.h"
#include "runtime/jit/Identity.h"
#include "test/runtime/KernelFile.h"
#include "test/runtime/jit/Sandbox.h"

#include <csignal>
#include <dirent.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

using namespace pa;

namespace {

CompileLimits quick(int milliseconds = 20000) {
  CompileLimits limits;
  limits.deadline = std::chrono::milliseconds(milliseconds);
  return limits;
}

Expected<std::string> ask(const std::string &source, const CompileLimits &limits = quick()) {
  return compileInProcess(PA_FAKE_COMPILER, {source, "gfx942", ""}, limits);
}

std::string errorOf(const Expected<std::string> &result) {
  EXPECT_FALSE(result);
  if (result)
    return "";
  EXPECT_EQ(ErrorCode::compileFailed, result.error().code);
  return result.error().message;
}

int openDescriptors() {
  int count = 0;
  DIR *folder = opendir("/proc/self/fd");
  while (readdir(folder))
    ++count;
  closedir(folder);
  return count;
}

TEST(Process, aWholeReplyIsTheObject) {
  std::string large = "fine " + std::string(3 << 20, 'x');
  auto object = ask(large);
  ASSERT_TRUE(object) << object.error().message;
  EXPECT_EQ("object of " + large, *object);
  ASSERT_TRUE(ask(""));
  // A failure after the reply, and an engine that reaps its children, change nothing.
  EXPECT_TRUE(ask("late-failure "));
  signal(SIGCHLD, SIG_IGN);
  EXPECT_TRUE(ask("late-failure "));
  signal(SIGCHLD, SIG_DFL);
  EXPECT_TRUE(ask("chatty "));
}

TEST(Process, everyOtherEndIsAnErrorWithItsLastWords) {
  EXPECT_EQ("the compiler gave no whole reply (ended by signal 11 (Segmentation fault)): it said nothing",
            errorOf(ask("crash ")));
  EXPECT_EQ("the compiler gave no whole reply (exit status 1): pa-compile: error: this is refused",
            errorOf(ask("refuse ")));
  EXPECT_EQ("the compiler gave no whole reply (exit status 0): it said nothing", errorOf(ask("garbage ")));
  EXPECT_EQ("the compiler gave no whole reply (exit status 0): it said nothing", errorOf(ask("half ")));
  EXPECT_EQ("the compiler was stopped after 200 ms", errorOf(ask("hang ", quick(200))));
  EXPECT_EQ("the compiler '" PA_FAKE_COMPILER "' is 'another compiler', this library's is '" +
                std::string(compilerIdentity()) + "'",
            errorOf(ask("other ")));
  EXPECT_TRUE(has(errorOf(compileInProcess("/missing", {}, quick())), "cannot start the compiler '/missing': No such"));
  // A compiler that reads nothing and goes: the engine gets no signal.
  EXPECT_TRUE(has(errorOf(compileInProcess("/bin/true", {std::string(1 << 20, 'x'), "", ""}, quick())),
                  "no whole reply (exit status 0)"));
}

TEST(Process, itInheritsNothing) {
  setenv("LD_SOMETHING", "of the engine", 1);
  int leaked = open("/dev/null", O_RDONLY); // without close-on-exec
  sigset_t set, before;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigprocmask(SIG_BLOCK, &set, &before);
  signal(SIGPIPE, SIG_IGN);
  auto seen = ask("surroundings ");
  signal(SIGPIPE, SIG_DFL);
  sigprocmask(SIG_SETMASK, &before, nullptr);
  close(leaked);
  ASSERT_TRUE(seen) << seen.error().message;
  EXPECT_EQ("LC_ALL=C; descriptors=3 unblocked default", *seen);
}

TEST(Process, noDescriptorIsLeftOpen) {
  (void)ask("fine ");
  int before = openDescriptors();
  for (const char *how : {"fine ", "crash ", "garbage ", "refuse "})
    (void)ask(how);
  (void)ask("hang ", quick(50));
  EXPECT_EQ(before, openDescriptors());
}

TEST(Process, withoutDescriptorsNothingIsStarted) {
  rlimit before;
  ASSERT_EQ(0, getrlimit(RLIMIT_NOFILE, &before));
  rlimit few = {3, before.rlim_max}; // those that there are stay
  ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &few));
  auto refused = ask("fine ");
  ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &before));
  EXPECT_EQ("cannot make pipes to the compiler: Too many open files", errorOf(refused));
  EXPECT_TRUE(ask("fine "));
}

// Without a handle of the process, its number has to do.
TEST(Process, aSandboxWithoutHandlesHasADeadlineToo) {
  EXPECT_TRUE(holdsWithout(SYS_pidfd_open, [] {
    return ask("fine ") && errorOf(ask("hang ", quick(200))) == "the compiler was stopped after 200 ms";
  }));
}

TEST(Process, aReplyHasALimit) {
  EXPECT_EQ("the compiler was stopped, its reply has more than 268435456 bytes", errorOf(ask("endless ")));
}

TEST(Process, theCompilerIsFoundByItsVariable) {
  setenv("PA_COMPILER", PA_FAKE_COMPILER, 1);
  EXPECT_EQ(PA_FAKE_COMPILER, *findCompiler());
  setenv("PA_COMPILER", "/missing", 1);
  auto missing = findCompiler();
  ASSERT_FALSE(missing);
  EXPECT_EQ("PA_COMPILER is '/missing', which is no program: No such file or directory", missing.error().message);
  unsetenv("PA_COMPILER");
}

} // namespace
