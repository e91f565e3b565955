// The cache of compiled kernels: damage, strangers, limits, owners that die.
#include "runtime/jit/Cache.h"
#include "test/runtime/KernelFile.h"
#include "test/runtime/jit/Folder.h"
#include "test/runtime/jit/Sandbox.h"

#include <csignal>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace pa;
namespace fs = std::filesystem;

namespace {

class CacheTest : public testing::Test {
protected:
  Cache open(uint64_t limit = Cache::defaultLimit) {
    auto cache = Cache::open(folder.path / "cache", limit);
    EXPECT_TRUE(cache) << cache.error().message;
    return *cache;
  }
  fs::path fileOf(const Cache &cache, const std::string &material) {
    std::string key = Cache::keyOf(material);
    return fs::path(cache.path()) / key.substr(0, 2) / (key + ".pac");
  }
  size_t filesThatBegin(const Cache &cache, const std::string &begin) {
    size_t count = 0;
    for (const auto &file : fs::recursive_directory_iterator(cache.path()))
      count += file.path().filename().string().compare(0, begin.size(), begin) == 0;
    return count;
  }
  Folder folder;
};

TEST_F(CacheTest, whatIsStoredIsFound) {
  Cache cache = open();
  EXPECT_FALSE(cache.find("material"));
  ASSERT_TRUE(cache.store("material", "object"));
  EXPECT_EQ("object", cache.find("material"));
  EXPECT_FALSE(cache.find("other material"));
  EXPECT_EQ("object", open().find("material"));
  struct stat info;
  ASSERT_EQ(0, lstat(fileOf(cache, "material").c_str(), &info));
  EXPECT_EQ(mode_t(0600), info.st_mode & 0777);
  ASSERT_EQ(0, lstat(cache.path().c_str(), &info));
  EXPECT_EQ(mode_t(0700), info.st_mode & 0777);
  EXPECT_EQ(0u, filesThatBegin(cache, ".new-"));
}

TEST_F(CacheTest, everyDamageIsPutAside) {
  Cache cache = open();
  ASSERT_TRUE(cache.store("material", "an object of some bytes"));
  fs::path file = fileOf(cache, "material");
  const std::string whole = contentOf(file);
  auto expectAside = [&](const std::string &content, size_t at) {
    writeTo(file, content);
    EXPECT_FALSE(cache.find("material")) << at;
    EXPECT_FALSE(fs::exists(file)) << at;
    EXPECT_EQ(content, contentOf(fs::path(cache.path()) / "damaged" / file.filename())) << at;
  };
  for (size_t at = 0; at < whole.size(); ++at) {
    std::string changed = whole;
    changed[at] = char(~changed[at]);
    expectAside(changed, at);
  }
  for (size_t size = 0; size < whole.size(); ++size)
    expectAside(whole.substr(0, size), size);
  // A whole entry of something else under this name.
  ASSERT_TRUE(cache.store("foreign", "foreign object"));
  expectAside(contentOf(fileOf(cache, "foreign")), 0);
  ASSERT_TRUE(cache.store("material", "again"));
  EXPECT_EQ("again", cache.find("material"));
}

TEST_F(CacheTest, foldersOfOthersAreRefused) {
  open();
  fs::path path = folder.path / "cache";
  struct {
    fs::perms allowed;
    const char *text;
  } const cases[] = {{fs::perms::owner_all | fs::perms::group_write, "others can write to"},
                     {fs::perms::owner_all | fs::perms::others_write, "others can write to"}};
  for (const auto &tested : cases) {
    fs::permissions(path, tested.allowed);
    auto cache = Cache::open(path);
    ASSERT_FALSE(cache);
    EXPECT_EQ(ErrorCode::unavailable, cache.error().code);
    EXPECT_TRUE(has(cache.error().message, tested.text));
  }
  fs::permissions(path, fs::perms::owner_all);
  EXPECT_TRUE(Cache::open(path));
  fs::create_directory_symlink(path, folder.path / "link");
  auto linked = Cache::open(folder.path / "link");
  ASSERT_FALSE(linked);
  EXPECT_TRUE(has(linked.error().message, "is not a folder"));
  EXPECT_TRUE(has(Cache::open("").error().message, "no folder: neither PA_CACHE_DIR"));
  if (geteuid() == 0) {
    ASSERT_EQ(0, chown(path.c_str(), 12345, 0));
    EXPECT_TRUE(has(Cache::open(path).error().message, "is of user 12345, expected 0"));
    ASSERT_EQ(0, chown(path.c_str(), 0, 0));
  }
}

TEST_F(CacheTest, theLeastRecentlyUsedIsEvicted) {
  Cache cache = open(4000);
  auto store = [&](const std::string &material) {
    ASSERT_TRUE(cache.store(material, std::string(1000, 'x')));
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  };
  for (const char *material : {"a", "b", "c"})
    store(material);
  EXPECT_TRUE(cache.find("a")); // used again: b is the oldest now
  std::this_thread::sleep_for(std::chrono::milliseconds(10));
  store("d");
  EXPECT_TRUE(cache.find("a"));
  EXPECT_FALSE(cache.find("b"));
  EXPECT_TRUE(cache.find("c"));
  EXPECT_TRUE(cache.find("d"));
}

TEST_F(CacheTest, whatCannotBeWrittenOrRemovedIsSaid) {
  Cache cache = open();
  rlimit before;
  ASSERT_EQ(0, getrlimit(RLIMIT_NOFILE, &before));
  rlimit few = {3, before.rlim_max}; // those that there are stay
  ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &few));
  Status stored = cache.store("material", "object");
  ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &before));
  ASSERT_FALSE(stored);
  EXPECT_EQ("the kernel cache: cannot write to '" + cache.path() + "': Too many open files", stored.error().message);
  ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &few));
  auto opened = Cache::open(cache.path());
  ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &before));
  EXPECT_EQ("the kernel cache: cannot open the folder '" + cache.path() + "': Too many open files",
            opened.error().message);

  // A disk that takes no more.
  std::string key = Cache::keyOf("material"), entry = cache.path() + "/" + key.substr(0, 2) + "/" + key + ".pac";
  std::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(0, getrlimit(RLIMIT_FSIZE, &before));
  few = {20, before.rlim_max};
  ASSERT_EQ(0, setrlimit(RLIMIT_FSIZE, &few));
  stored = cache.store("material", "object");
  EXPECT_EQ("", cache.keepFailed("a.json", std::string(30, 'x')));
  ASSERT_EQ(0, setrlimit(RLIMIT_FSIZE, &before));
  EXPECT_EQ("the kernel cache: cannot write '" + entry + "': File too large", stored.error().message);
  EXPECT_EQ(0u, filesThatBegin(cache, ".new-"));
  EXPECT_EQ(cache.path() + "/failed/a.json", cache.keepFailed("a.json", "x"));

  fs::path folder = fs::path(cache.path()) / "ab/folder.pac";
  fs::create_directories(folder);
  EXPECT_EQ("the kernel cache: cannot remove '" + folder.string() + "': Is a directory", cache.clear().error().message);

  // A folder inside that is none, and one under a cache that somebody has removed.
  fs::remove_all(fs::path(entry).parent_path());
  writeTo(fs::path(entry).parent_path(), "");
  EXPECT_EQ("the kernel cache: '" + cache.path() + "/" + key.substr(0, 2) + "' is not a folder",
            cache.store("material", "object").error().message);
  fs::remove_all(cache.path());
  EXPECT_EQ("the kernel cache: cannot make the folder '" + cache.path() + "/" + key.substr(0, 2) +
                "': No such file or directory",
            cache.store("material", "object").error().message);
  EXPECT_EQ("", cache.keepFailed("a.json", "x"));
  EXPECT_FALSE(cache.find("material"));
  EXPECT_TRUE(cache.entries().empty());
}

// Then it is compiled twice at worst; nobody waits for what never comes.
TEST_F(CacheTest, aFileSystemWithoutLocksHasACacheToo) {
  EXPECT_TRUE(holdsWithout(SYS_flock, [&] {
    Cache cache = open();
    bool locked = cache.lock("material", std::chrono::hours(1)).has_value();
    return !locked && cache.store("material", "object") && open().find("material") == "object";
  }));
  EXPECT_EQ("object", open().find("material"));
}

// Nor one that cannot rename without replacing.
TEST_F(CacheTest, aFileSystemWithoutThatRenameHasACacheToo) {
  EXPECT_TRUE(holdsWithout(SYS_renameat2, [&] {
    Cache cache = open();
    return cache.store("material", "object") && cache.store("material", "object");
  }));
  EXPECT_EQ("object", open().find("material"));
  EXPECT_EQ(0u, filesThatBegin(open(), ".new-"));
}

// Who comes second has the same bytes.
TEST_F(CacheTest, anEntryThatIsThereStays) {
  Cache cache = open();
  ASSERT_TRUE(cache.store("material", "object"));
  struct stat before, after;
  ASSERT_EQ(0, lstat(fileOf(cache, "material").c_str(), &before));
  ASSERT_TRUE(cache.store("material", "object"));
  ASSERT_EQ(0, lstat(fileOf(cache, "material").c_str(), &after));
  EXPECT_EQ(before.st_ino, after.st_ino);
  EXPECT_EQ(0u, filesThatBegin(cache, ".new-"));
}

TEST_F(CacheTest, linksInsideAreNotFollowed) {
  Cache cache = open();
  ASSERT_TRUE(cache.store("material", "object"));
  fs::path entry = fileOf(cache, "material"), elsewhere = folder.path / "elsewhere";
  fs::rename(entry, elsewhere);
  fs::create_symlink(elsewhere, entry);
  EXPECT_FALSE(cache.find("material"));
  fs::remove(entry);
  ASSERT_EQ(0, mkfifo(entry.c_str(), 0600)); // nor is one waited for
  EXPECT_FALSE(cache.find("material"));
  ASSERT_TRUE(cache.store("material", "again")); // what is no entry makes place for one
  EXPECT_EQ("again", cache.find("material"));
  writeTo(folder.path / "mine", "mine");
  fs::create_symlink(folder.path / "mine", fs::path(cache.path()) / "locks" / Cache::keyOf("material"));
  EXPECT_FALSE(cache.lock("material", std::chrono::hours(1)));
  open(); // with a look at leftovers
  EXPECT_EQ("mine", contentOf(folder.path / "mine"));
  // A folder that is moved away stays the one that was checked.
  fs::rename(cache.path(), folder.path / "moved");
  fs::create_directory(cache.path());
  ASSERT_TRUE(cache.store("another", "object"));
  EXPECT_TRUE(fs::is_empty(cache.path()));
}

TEST_F(CacheTest, whatIsKeptToBeLookedAtIsLimitedToo) {
  Cache cache = open(4000);
  for (int i = 0; i < 20; ++i) {
    EXPECT_NE("", cache.keepFailed(std::to_string(i) + ".json", std::string(1000, 'x')));
    writeTo(fs::path(cache.path()) / "damaged" / std::to_string(i), std::string(1000, 'x'));
  }
  ASSERT_TRUE(cache.store("material", std::string(1000, 'x')));
  EXPECT_TRUE(cache.find("material"));
  size_t files = 0;
  for (const char *kept : {"damaged", "failed"})
    files += size_t(std::distance(fs::directory_iterator(fs::path(cache.path()) / kept), fs::directory_iterator()));
  EXPECT_EQ(2u, files);
  ASSERT_TRUE(cache.clear());
  EXPECT_TRUE(fs::is_empty(fs::path(cache.path()) / "failed"));
}

TEST_F(CacheTest, leftoversOfTheDeadAreRemoved) {
  Cache cache = open();
  fs::path left = fs::path(cache.path()) / ".new-left";
  fs::path written = fs::path(cache.path()) / ".new-written", lock = fs::path(cache.path()) / "locks/left";
  writeTo(left, "half an entry");
  writeTo(lock, "");
  writeTo(written, "half an entry, but somebody is at it");
  int writer = ::open(written.c_str(), O_RDONLY | O_CLOEXEC);
  ASSERT_EQ(0, flock(writer, LOCK_EX));
  auto alive = cache.lock("material", std::chrono::milliseconds(1000));
  open();
  EXPECT_FALSE(fs::exists(left));
  EXPECT_FALSE(fs::exists(lock));
  EXPECT_TRUE(fs::exists(written));
  EXPECT_TRUE(fs::exists(fs::path(cache.path()) / "locks" / Cache::keyOf("material")));
  close(writer);
  open();
  EXPECT_EQ(0u, filesThatBegin(cache, ".new-"));
}

TEST_F(CacheTest, aLockHasOneOwnerAndEndsWithIt) {
  Cache cache = open();
  using std::chrono::milliseconds;
  {
    auto lock = cache.lock("material", milliseconds(1000));
    ASSERT_TRUE(lock);
    EXPECT_FALSE(cache.lock("material", milliseconds(30)));
    EXPECT_TRUE(cache.lock("other", milliseconds(1000)));
  }
  EXPECT_TRUE(cache.lock("material", milliseconds(1000)));
  int ready[2];
  ASSERT_EQ(0, pipe(ready));
  pid_t child = fork();
  if (child == 0) {
    auto lock = cache.lock("material", milliseconds(1000));
    (void)!write(ready[1], "x", 1);
    pause();
  }
  char byte;
  ASSERT_EQ(1, read(ready[0], &byte, 1));
  EXPECT_FALSE(cache.lock("material", milliseconds(30)));
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  EXPECT_TRUE(cache.lock("material", milliseconds(1000)));
  EXPECT_TRUE(fs::is_empty(fs::path(cache.path()) / "locks"));
}

TEST_F(CacheTest, entriesAreListedAndCleared) {
  Cache cache = open();
  ASSERT_TRUE(cache.store("one", "object"));
  ASSERT_TRUE(cache.store("two", "object"));
  writeTo(fileOf(cache, "two"), "broken");
  auto entries = cache.entries();
  ASSERT_EQ(2u, entries.size());
  for (const CacheEntry &entry : entries) {
    EXPECT_EQ(entry.valid, entry.key == Cache::keyOf("one"));
    EXPECT_EQ(entry.valid ? "one" : "", entry.material);
  }
  ASSERT_TRUE(cache.clear());
  EXPECT_TRUE(cache.entries().empty());
}

} // namespace
