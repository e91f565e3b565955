// Through the C interface and the real compiler. Not part of a sanitizer's build: the compiler is not, either.
#include "pa/pa.h"
#include "runtime/jit/CompilerProcess.h"
#include "test/runtime/KernelFile.h"
#include "test/runtime/jit/Folder.h"

#include <csignal>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace {

class RealCompiler : public testing::Test {
protected:
  void SetUp() override {
    setenv("PA_CACHE_DIR", (folder.path / "cache").c_str(), 1);
    unsetenv("PA_COMPILER");
    unsetenv("PA_DISABLE_JIT");
    ASSERT_EQ(PA_OK, pa_device_open("emulated:gfx950", &device));
    text = contentOf(PA_EXAMPLE);
    source.size = sizeof source;
    source.text = text.data();
    source.text_bytes = text.size();
  }
  void TearDown() override { pa_device_close(device); }
  Folder folder;
  pa_device *device = nullptr;
  pa_source source = {};
  std::string text;
};

TEST_F(RealCompiler, kernelsAreCompiledForTheDevice) {
  pa_kernel *kernel = nullptr;
  EXPECT_EQ(PA_NOT_CACHED, pa_kernel_request(device, &source, PA_ONLY_CACHED, &kernel));
  EXPECT_EQ(nullptr, kernel);
  pa_request *pending = nullptr;
  ASSERT_EQ(PA_OK, pa_request_start(device, &source, 0, &pending)) << pa_last_error();
  ASSERT_EQ(PA_OK, pa_request_finish(pending, &kernel)) << pa_last_error();
  pa_kernel_info info = {};
  info.size = sizeof info;
  ASSERT_EQ(PA_OK, pa_kernel_get_info(kernel, &info));
  EXPECT_EQ(128u, info.head_size);
  EXPECT_TRUE(has(info.description, "\"chip\":\"gfx950\""));
  uint64_t bytes = 0;
  EXPECT_EQ(PA_OK, pa_decode_workspace(kernel, 4, &bytes, nullptr));
  EXPECT_GT(bytes, 0u);
  pa_kernel_release(kernel);
  ASSERT_EQ(PA_OK, pa_kernel_request(device, &source, PA_ONLY_CACHED, &kernel)) << pa_last_error();
  pa_kernel_release(kernel);
}

TEST_F(RealCompiler, badSourcesAreRefused) {
  pa_kernel *kernel = nullptr;
  source.kind = 7;
  EXPECT_EQ(PA_INVALID_ARGUMENT, pa_kernel_request(device, &source, 0, &kernel));
  EXPECT_STREQ("pa_source.kind is 7, allowed: PA_SOURCE_MLIR, PA_SOURCE_VARIANT", pa_last_error());
  source.kind = PA_SOURCE_MLIR;
  source.reserved = 7;
  EXPECT_EQ(PA_UNSUPPORTED, pa_kernel_request(device, &source, 0, &kernel));
  EXPECT_STREQ("pa_source.reserved is 7, expected 0", pa_last_error());
  source.reserved = 0;
  EXPECT_EQ(PA_UNSUPPORTED, pa_kernel_request(device, &source, 8, &kernel));
  EXPECT_STREQ("flags are 8, allowed: 0 or a sum of PA_ONLY_CACHED, PA_IN_PROCESS, PA_GENERIC", pa_last_error());
  text = "module { not a module }";
  source.text = text.data();
  source.text_bytes = text.size();
  EXPECT_EQ(PA_COMPILE_FAILED, pa_kernel_request(device, &source, 0, &kernel));
  EXPECT_TRUE(has(pa_last_error(), "the compiler gave no whole reply (exit status 1): "));
  EXPECT_TRUE(has(pa_last_error(), "error: "));
  pa_request *pending = nullptr;
  ASSERT_EQ(PA_OK, pa_request_start(device, &source, 0, &pending));
  EXPECT_EQ(PA_COMPILE_FAILED, pa_request_finish(pending, &kernel));
  EXPECT_EQ(PA_INVALID_ARGUMENT, pa_request_start(device, nullptr, 0, &pending));
  EXPECT_STREQ("pa_source is null, expected a pointer", pa_last_error());
}

TEST_F(RealCompiler, isFoundFromThisProgramsFolder) {
  auto found = pa::findCompiler();
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_TRUE(has(*found, "/pa-compile"));
}

// A compiler with its source on a socket.
class Asked {
public:
  Asked(const std::string &source, const std::string &output) {
    int both[2];
    EXPECT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, both));
    ours = both[0], theirs = both[1];
    EXPECT_EQ(ssize_t(source.size()), write(ours, source.data(), source.size()));
    EXPECT_EQ(0, shutdown(ours, SHUT_WR));
    this->output = output;
  }
  ~Asked() {
    close(ours);
    close(theirs);
  }
  void start() {
    std::string compiler = *pa::findCompiler();
    process = fork();
    if (process == 0) {
      dup2(theirs, STDIN_FILENO);
      execl(compiler.c_str(), compiler.c_str(), "-", "--chip", "gfx942", "--reply", "-o", output.c_str(), nullptr);
      _exit(127);
    }
  }
  // The socket's flags are those of all who have it.
  void waitUntilItListens() {
    while (!(fcntl(theirs, F_GETFL) & O_ASYNC))
      std::this_thread::yield();
  }
  void leave() {
    close(ours);
    ours = -1;
  }
  // As a shell has it: 128 and the signal.
  int end() {
    int status = 0;
    EXPECT_EQ(process, waitpid(process, &status, 0));
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  }

private:
  int ours = -1, theirs = -1;
  pid_t process = -1;
  std::string output;
};

TEST_F(RealCompiler, endsWithWhoAsked) {
  std::string output = folder.path / "output";
  {
    Asked asked(text, output);
    asked.leave(); // before it begins
    asked.start();
    EXPECT_EQ(1, asked.end());
    EXPECT_FALSE(std::filesystem::exists(output));
  }
  {
    Asked asked(text, output);
    asked.start();
    asked.waitUntilItListens();
    asked.leave();
    EXPECT_EQ(128 + SIGIO, asked.end());
    EXPECT_FALSE(std::filesystem::exists(output));
  }
  Asked asked(text, output); // one that has only said its last word waits for the answer
  asked.start();
  EXPECT_EQ(0, asked.end());
  EXPECT_TRUE(std::filesystem::exists(output));
}

TEST_F(RealCompiler, limitsItsMemory) {
  pa::CompileLimits limits;
  limits.memoryMegabytes = 64; // less than the program itself maps
  auto object = pa::compileInProcess(*pa::findCompiler(), {text, "gfx942", ""}, limits);
  ASSERT_FALSE(object);
  EXPECT_TRUE(has(object.error().message, "the compiler gave no whole reply"));
}

} // namespace
