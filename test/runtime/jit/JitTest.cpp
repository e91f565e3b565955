// From a description to its code object: compiled once, cached.
#include "runtime/jit/Jit.h"
#include "runtime/jit/Cache.h"
#include "test/runtime/KernelFile.h"
#include "test/runtime/jit/Folder.h"

#include <csignal>
#include <map>
#include <sstream>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace pa;
namespace fs = std::filesystem;

namespace {

class Jit : public testing::Test {
protected:
  void SetUp() override {
    fake = folder.path / "compiler";
    fs::copy_file(PA_FAKE_COMPILER, fake);
    setenv("PA_CACHE_DIR", (folder.path / "cache").c_str(), 1);
    setenv("PA_COMPILER", fake.c_str(), 1);
    unsetenv("PA_DISABLE_JIT");
  }
  void TearDown() override { unsetenv("PA_COMPILER"); }

  static CompileRequest request(const std::string &source) { return {source, "gfx942", "waves=4"}; }
  // How often each source was compiled.
  std::map<std::string, int> compilations() {
    std::map<std::string, int> counts;
    std::istringstream log(contentOf(folder.path / "log"));
    for (std::string line; std::getline(log, line);)
      ++counts[line];
    return counts;
  }
  Folder folder;
  fs::path fake;
};

TEST_F(Jit, theSecondRequestStartsNoProcess) {
  auto first = obtainObject(request("fine 1"), true);
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_EQ("object of fine 1", *first);
  setenv("PA_COMPILER", "/missing", 1);
  EXPECT_EQ("object of fine 1", *obtainObject(request("fine 1"), true));
  EXPECT_EQ("object of fine 1", *obtainObject(request("fine 1"), false));
}

TEST_F(Jit, everythingThatReachesTheCodeIsInTheKey) {
  const CompileRequest base = request("fine");
  std::map<std::string, int> keys;
  for (const CompileRequest &other :
       {base, CompileRequest{"fine ", base.chip, base.options}, CompileRequest{base.source, "gfx950", base.options},
        CompileRequest{base.source, base.chip, ""},
        CompileRequest{base.source, base.chip, base.options, SourceKind::variant}})
    ++keys[keyMaterial(other)];
  EXPECT_EQ(5u, keys.size());
  EXPECT_TRUE(has(keyMaterial(base), "\"compiler\":\"pa-mlir "));
  EXPECT_TRUE(has(keyMaterial(base), "(LLVM "));
  EXPECT_TRUE(has(keyMaterial(base), "\"abi\":[2,1,1,1]"));
}

TEST_F(Jit, withoutCompilingTheErrorNamesTheCommand) {
  for (bool byVariable : {false, true}) {
    if (byVariable)
      setenv("PA_DISABLE_JIT", "1", 1);
    auto missing = obtainObject(request("fine"), byVariable);
    ASSERT_FALSE(missing);
    EXPECT_EQ(ErrorCode::notCached, missing.error().code);
    EXPECT_TRUE(has(missing.error().message, "for gfx942 in '" + (folder.path / "cache").string()));
    EXPECT_TRUE(
        has(missing.error().message, "pa-compile SOURCE.mlir --chip gfx942 --pa-options='waves=4' -o kernel.hsaco"));
  }
  EXPECT_TRUE(compilations().empty());
}

TEST_F(Jit, aLogHasALineForEveryRequest) {
  std::string log = folder.path / "requests.log";
  setenv("PA_LOG", log.c_str(), 1);
  ASSERT_TRUE(obtainObject(request("fine one"), true));
  ASSERT_TRUE(obtainObject(request("fine one"), true));
  EXPECT_FALSE(obtainObject(request("fine two"), false));
  EXPECT_FALSE(obtainObject(request("refuse "), true));
  unsetenv("PA_LOG");
  ASSERT_TRUE(obtainObject(request("fine one"), true));
  std::vector<std::string> lines;
  std::istringstream text(contentOf(log));
  for (std::string line; std::getline(text, line);)
    lines.push_back(line);
  ASSERT_EQ(4u, lines.size());
  std::string begin = "pa " + std::to_string(getpid()) + ": kernel ";
  for (const std::string &line : lines)
    EXPECT_EQ(0u, line.find(begin)) << line;
  std::string key = Cache::keyOf(keyMaterial(request("fine one"))).substr(0, 16);
  EXPECT_TRUE(has(lines[0], key + " for gfx942 from the compiler in "));
  EXPECT_TRUE(has(lines[0], " ms: an .mlir module"));
  EXPECT_TRUE(has(lines[1], key + " for gfx942 from the cache in "));
  EXPECT_TRUE(has(lines[2], " ms, no kernel "));
  EXPECT_TRUE(has(lines[3], "this is refused; again with: pa-compile "));
}

TEST_F(Jit, damagedEntriesAreCompiledAgain) {
  ASSERT_TRUE(obtainObject(request("fine"), true));
  for (const auto &file : fs::recursive_directory_iterator(folder.path / "cache"))
    if (file.path().extension() == ".pac")
      fs::resize_file(file.path(), 20);
  EXPECT_EQ("object of fine", *obtainObject(request("fine"), true));
  EXPECT_EQ(2, compilations()["fine"]);
}

TEST_F(Jit, aFailureLeavesAReproducerAndNoEntry) {
  for (const char *how : {"crash it", "refuse it"}) {
    auto failed = obtainObject(request(how), true);
    ASSERT_FALSE(failed);
    EXPECT_EQ(ErrorCode::compileFailed, failed.error().code);
    fs::path file = folder.path / "cache/v1/failed" / (Cache::keyOf(keyMaterial(request(how))) + ".mlir");
    EXPECT_TRUE(has(failed.error().message, "again with: pa-compile " + file.string() + " --chip gfx942"));
    EXPECT_EQ(how, contentOf(file));
    EXPECT_FALSE(obtainObject(request(how), false));
  }
}

// The command can be given to a shell as it is.
TEST_F(Jit, theCommandThatRepeatsAFailureIsQuoted) {
  std::string cache = (folder.path / "it's a cache").string();
  setenv("PA_CACHE_DIR", cache.c_str(), 1);
  CompileRequest odd = request("refuse it");
  odd.options = "p='a b'";
  auto failed = obtainObject(odd, true);
  ASSERT_FALSE(failed);
  std::string key = Cache::keyOf(keyMaterial(odd));
  std::string file = "'" + (folder.path / R"(it'\''s a cache/v1/failed)").string() + "/" + key + ".mlir'";
  EXPECT_TRUE(has(failed.error().message, "again with: pa-compile " + file + " --chip gfx942" +
                                              R"( --pa-options='p='\''a b'\''' -o kernel.hsaco)"));
}

TEST_F(Jit, withoutACacheItCompiles) {
  writeTo(folder.path / "file", "");
  setenv("PA_CACHE_DIR", (folder.path / "file").c_str(), 1);
  EXPECT_EQ("object of fine", *obtainObject(request("fine"), true));
  auto missing = obtainObject(request("fine"), false);
  ASSERT_FALSE(missing);
  EXPECT_TRUE(has(missing.error().message, "since the kernel cache: '" + (folder.path / "file").string()));
}

constexpr int kernels = 50, threadCount = 16;
std::string sourceOf(int kernel) { return "fine kernel " + std::to_string(kernel); }

// 16 threads of a process ask for all kernels, each in an order of its own; the number of wrong objects.
int askForAll() {
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  threads.reserve(threadCount);
  for (int t = 0; t < threadCount; ++t)
    threads.emplace_back([&, t] {
      for (int k = 0; k < kernels; ++k) {
        std::string source = sourceOf((k * 7 + t * 13) % kernels);
        auto object = obtainObject({source, "gfx942", "waves=4"}, true);
        wrong += !object || *object != "object of " + source;
      }
    });
  for (std::thread &thread : threads)
    thread.join();
  return wrong;
}

std::vector<pid_t> startProcesses(int count) {
  std::vector<pid_t> processes;
  for (int p = 0; p < count; ++p) {
    pid_t process = fork();
    if (process == 0)
      _exit(askForAll() ? 1 : 0);
    processes.push_back(process);
  }
  return processes;
}

TEST_F(Jit, manyThreadsAndProcessesCompileEachKernelOnce) {
  for (pid_t process : startProcesses(4)) {
    int status = -1;
    ASSERT_EQ(process, waitpid(process, &status, 0));
    EXPECT_EQ(0, status);
  }
  auto counts = compilations();
  EXPECT_EQ(size_t(kernels), counts.size());
  for (const auto &[source, count] : counts)
    EXPECT_EQ(1, count) << source;
}

TEST_F(Jit, noMoreCompilersRunAtOnceThanAreAllowed) {
  setenv("PA_JIT_PROCESSES", "1", 1);
  std::atomic<int> compiled{0};
  std::vector<std::thread> threads;
  threads.reserve(threadCount);
  for (int t = 0; t < threadCount; ++t)
    threads.emplace_back([&, t] { compiled += bool(obtainObject(request("alone " + std::to_string(t)), true)); });
  for (std::thread &thread : threads)
    thread.join();
  unsetenv("PA_JIT_PROCESSES");
  EXPECT_EQ(threadCount, compiled);
}

// Where it is needed: who finds a kernel in the cache starts no compiler.
TEST_F(Jit, wrongSettingsAreRefusedByName) {
  ASSERT_TRUE(obtainObject(request("fine"), true));
  setenv("PA_JIT_PROCESSES", "0", 1);
  EXPECT_TRUE(obtainObject(request("fine"), true));
  auto refused = obtainObject(request("fine too"), true);
  unsetenv("PA_JIT_PROCESSES");
  ASSERT_FALSE(refused);
  EXPECT_EQ(ErrorCode::invalidArgument, refused.error().code);
  EXPECT_EQ("PA_JIT_PROCESSES is '0', allowed: a whole number from 1 to 1024", refused.error().message);
  setenv("PA_CACHE_BYTES", "-1", 1);
  refused = obtainObject(request("fine"), true);
  unsetenv("PA_CACHE_BYTES");
  ASSERT_FALSE(refused);
  EXPECT_EQ(ErrorCode::invalidArgument, refused.error().code);
  EXPECT_TRUE(has(refused.error().message, "PA_CACHE_BYTES is '-1', allowed: a whole number of bytes from 1, "));
  EXPECT_EQ(0, compilations()["fine too"]);
}

TEST_F(Jit, theCacheKeepsAsMuchAsIsAllowed) {
  auto entries = [&] { return Cache::open(folder.path / "cache")->entries(); };
  ASSERT_TRUE(obtainObject(request("fine 1"), true));
  uint64_t one = entries()[0].bytes;
  setenv("PA_CACHE_BYTES", std::to_string(2 * one).c_str(), 1);
  for (int kernel = 2; kernel < 6; ++kernel)
    ASSERT_TRUE(obtainObject(request("fine " + std::to_string(kernel)), true));
  unsetenv("PA_CACHE_BYTES");
  EXPECT_EQ(2u, entries().size());
  ASSERT_TRUE(obtainObject(request("fine 6"), true));
  EXPECT_EQ(3u, entries().size());
}

TEST_F(Jit, killedProcessesLeaveNothingBehind) {
  int killed = 0;
  for (int round = 0; round < 5; ++round) {
    std::vector<pid_t> processes = startProcesses(2);
    std::this_thread::sleep_for(std::chrono::milliseconds(5 + 11 * round));
    kill(processes[0], SIGKILL);
    ++killed;
    int status = -1;
    waitpid(processes[0], nullptr, 0);
    ASSERT_EQ(processes[1], waitpid(processes[1], &status, 0));
    EXPECT_EQ(0, status) << "the survivor of round " << round;
  }
  EXPECT_EQ(0, askForAll());
  // A compiler whose asker is killed before it asks has no source, and is none's.
  auto counts = compilations();
  for (int kernel = 0; kernel < kernels; ++kernel) {
    EXPECT_GE(counts[sourceOf(kernel)], 1) << kernel;
    EXPECT_LE(counts[sourceOf(kernel)], 1 + killed) << kernel;
  }
  // What a killed writer left goes with the next start.
  ASSERT_TRUE(Cache::open(folder.path / "cache"));
  for (const auto &file : fs::directory_iterator(folder.path / "cache/v1"))
    EXPECT_NE(0, file.path().filename().string().compare(0, 5, ".new-")) << file.path();
  EXPECT_TRUE(fs::is_empty(folder.path / "cache/v1/locks"));
}

} // namespace
