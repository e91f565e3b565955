#include "runtime/jit/Cache.h"
#include "runtime/jit/Framed.h"
#include "runtime/jit/Sha256.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/file.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

namespace pa {
namespace {

namespace fs = std::filesystem;
constexpr mode_t privateFolder = 0700, privateFile = 0600;

Error unusable(const std::string &message) { return {ErrorCode::unavailable, "the kernel cache: " + message, {}}; }
std::string systemError() { return std::strerror(errno); }

// A folder of ours that nobody else can write to.
Status ensureFolder(const std::string &path) {
  if (mkdir(path.c_str(), privateFolder) != 0 && errno != EEXIST)
    return unusable("cannot make the folder '" + path + "': " + systemError());
  struct stat info;
  if (lstat(path.c_str(), &info) != 0)
    return unusable("cannot look at '" + path + "': " + systemError());
  if (!S_ISDIR(info.st_mode))
    return unusable("'" + path + "' is not a folder");
  if (info.st_uid != geteuid())
    return unusable("'" + path + "' is of user " + std::to_string(info.st_uid) + ", expected " +
                    std::to_string(geteuid()));
  if (info.st_mode & (S_IWGRP | S_IWOTH))
    return unusable("others can write to '" + path + "', expected mode 700");
  return {};
}

std::optional<std::string> readFile(const std::string &path) {
  int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (file < 0)
    return std::nullopt;
  std::string content;
  struct stat info;
  bool ok = fstat(file, &info) == 0 && S_ISREG(info.st_mode);
  if (ok)
    content.resize(size_t(info.st_size));
  for (size_t at = 0; ok && at < content.size();) {
    ssize_t count = read(file, content.data() + at, content.size() - at);
    ok = count > 0 || (count < 0 && errno == EINTR);
    at += count > 0 ? size_t(count) : 0;
  }
  close(file);
  return ok ? std::optional<std::string>(std::move(content)) : std::nullopt;
}

bool writeAll(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t count = write(file, bytes.data(), bytes.size());
    if (count < 0 && errno != EINTR)
      return false;
    bytes.remove_prefix(count > 0 ? size_t(count) : 0);
  }
  return true;
}

bool endsWith(const std::string &text, std::string_view end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

// The lock of a whole folder: shared while a file gets its name and its own lock, so that who has it alone finds no
// file that is named and not locked yet but those of the dead. It is held for moments; nobody waits long for a process
// that is stopped in one.
class FolderLock {
public:
  FolderLock(const std::string &path, int kind) : descriptor(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
    for (int attempt = 0; descriptor >= 0 && !held && attempt < 200; ++attempt) {
      held = flock(descriptor, kind | LOCK_NB) == 0;
      if (!held)
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }
  FolderLock(const FolderLock &) = delete;
  ~FolderLock() {
    if (descriptor >= 0)
      close(descriptor);
  }

  explicit operator bool() const { return held; }

private:
  int descriptor;
  bool held = false;
};

// Whether the lock is ours, and of the file that has the name: one whose owner has removed it is no lock.
bool lockNamed(int descriptor, const std::string &path) {
  struct stat locked, named;
  return flock(descriptor, LOCK_EX | LOCK_NB) == 0 && fstat(descriptor, &locked) == 0 &&
         lstat(path.c_str(), &named) == 0 && locked.st_ino == named.st_ino;
}

// Removes the file unless somebody alive has its lock.
void removeIfDead(const std::string &path) {
  int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (descriptor < 0)
    return;
  if (lockNamed(descriptor, path))
    (void)unlink(path.c_str());
  close(descriptor);
}

int newFile(const std::string &root, std::string &path) {
  FolderLock naming(root, LOCK_SH);
  path = root + "/.new-XXXXXX";
  int descriptor = mkostemp(path.data(), O_CLOEXEC);
  if (descriptor >= 0)
    (void)flock(descriptor, LOCK_EX | LOCK_NB);
  return descriptor;
}

template <class F> void eachEntryFile(const std::string &root, F visit) {
  std::error_code error;
  for (const auto &folder : fs::directory_iterator(root, error))
    if (folder.path().filename().string().size() == 2)
      for (const auto &file : fs::directory_iterator(folder.path(), error))
        if (endsWith(file.path().string(), ".pac"))
          visit(file.path().string());
}

} // namespace

std::string Cache::defaultFolder() {
  if (const char *chosen = std::getenv("PA_CACHE_DIR"); chosen && *chosen)
    return chosen;
  if (const char *base = std::getenv("XDG_CACHE_HOME"); base && *base == '/')
    return std::string(base) + "/pa";
  const char *home = std::getenv("HOME");
  return home && *home ? std::string(home) + "/.cache/pa" : "";
}

Expected<Cache> Cache::open(const std::string &folder, uint64_t limitBytes) {
  if (folder.empty())
    return unusable("no folder: neither PA_CACHE_DIR, XDG_CACHE_HOME nor HOME is set");
  std::error_code ignored;
  fs::create_directories(fs::path(folder).parent_path(), ignored); // not ours: ~/.cache
  Cache cache(folder + "/v1", limitBytes);
  for (const std::string &part : {folder, cache.root, cache.root + "/damaged", cache.root + "/locks"})
    if (Status status = ensureFolder(part); !status)
      return status.error();
  cache.removeLeftovers();
  return cache;
}

std::string Cache::keyOf(const std::string &material) { return hex(sha256(material)); }

std::string Cache::fileOf(const std::string &key, const char *suffix) const {
  return root + "/" + key.substr(0, 2) + "/" + key + suffix;
}

std::optional<std::string> Cache::find(const std::string &material) const {
  std::string file = fileOf(keyOf(material), ".pac");
  auto content = readFile(file);
  if (!content)
    return std::nullopt;
  auto entry = parseFrame(cacheMagic, *content);
  if (!entry || entry->text != material) {
    putAside(file);
    return std::nullopt;
  }
  (void)utimensat(AT_FDCWD, file.c_str(), nullptr, AT_SYMLINK_NOFOLLOW); // used now: the last to be evicted
  return std::string(entry->object);
}

void Cache::putAside(const std::string &file) const {
  std::string target = root + "/damaged/" + fs::path(file).filename().string();
  if (rename(file.c_str(), target.c_str()) != 0)
    (void)unlink(file.c_str());
}

Status Cache::store(const std::string &material, std::string_view object) const {
  std::string key = keyOf(material), file = fileOf(key, ".pac"), folder = root + "/" + key.substr(0, 2);
  if (Status status = ensureFolder(folder); !status)
    return status;
  std::string temporary;
  int descriptor = newFile(root, temporary);
  if (descriptor < 0)
    return unusable("cannot write to '" + root + "': " + systemError());
  bool written = fchmod(descriptor, privateFile) == 0 && writeAll(descriptor, frame(cacheMagic, material, object)) &&
                 fsync(descriptor) == 0 && rename(temporary.c_str(), file.c_str()) == 0;
  std::string reason = written ? "" : systemError();
  close(descriptor);
  if (!written) {
    (void)unlink(temporary.c_str());
    return unusable("cannot write '" + file + "': " + reason);
  }
  evict();
  return {};
}

void Cache::removeLeftovers() const {
  FolderLock alone(root, LOCK_EX);
  if (!alone)
    return;
  std::error_code error;
  for (const auto &file : fs::directory_iterator(root, error))
    if (file.path().filename().string().compare(0, 5, ".new-") == 0)
      removeIfDead(file.path().string());
  for (const auto &file : fs::directory_iterator(root + "/locks", error))
    removeIfDead(file.path().string());
}

// The least recently used first.
void Cache::evict() const {
  struct Found {
    struct timespec used;
    uint64_t bytes;
    std::string path;
  };
  std::vector<Found> all;
  uint64_t total = 0;
  eachEntryFile(root, [&](const std::string &path) {
    struct stat info;
    if (lstat(path.c_str(), &info) != 0)
      return;
    all.push_back({info.st_mtim, uint64_t(info.st_size), path});
    total += uint64_t(info.st_size);
  });
  if (total <= limitBytes)
    return;
  std::sort(all.begin(), all.end(), [](const Found &a, const Found &b) {
    return std::pair(a.used.tv_sec, a.used.tv_nsec) < std::pair(b.used.tv_sec, b.used.tv_nsec);
  });
  for (const Found &entry : all) {
    if (total <= limitBytes)
      return;
    if (unlink(entry.path.c_str()) == 0)
      total -= entry.bytes;
  }
}

std::optional<Cache::Lock> Cache::lock(const std::string &material, std::chrono::milliseconds patience) const {
  std::string path = root + "/locks/" + keyOf(material);
  auto deadline = std::chrono::steady_clock::now() + patience;
  while (std::chrono::steady_clock::now() < deadline) {
    int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, privateFile);
    if (descriptor < 0)
      return std::nullopt;
    if (lockNamed(descriptor, path))
      return Lock(descriptor, path);
    close(descriptor);
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return std::nullopt;
}

Cache::Lock::Lock(Lock &&other) noexcept
    : descriptor(std::exchange(other.descriptor, -1)), path(std::move(other.path)) {}

Cache::Lock::~Lock() {
  if (descriptor < 0)
    return;
  (void)unlink(path.c_str());
  close(descriptor);
}

std::vector<CacheEntry> Cache::entries() const {
  std::vector<CacheEntry> all;
  eachEntryFile(root, [&](const std::string &path) {
    CacheEntry entry;
    entry.path = path;
    entry.key = fs::path(path).stem();
    if (auto content = readFile(path)) {
      entry.bytes = content->size();
      auto framed = parseFrame(cacheMagic, *content);
      entry.valid = framed && keyOf(std::string(framed->text)) == entry.key;
      entry.material = framed ? framed->text : "";
    }
    all.push_back(std::move(entry));
  });
  std::sort(all.begin(), all.end(), [](const CacheEntry &a, const CacheEntry &b) { return a.key < b.key; });
  return all;
}

Status Cache::clear() const {
  std::string failure;
  eachEntryFile(root, [&](const std::string &path) {
    if (unlink(path.c_str()) != 0)
      failure = "cannot remove '" + path + "': " + systemError();
  });
  std::error_code error;
  for (const auto &file : fs::directory_iterator(root + "/damaged", error))
    (void)unlink(file.path().c_str());
  return failure.empty() ? Status() : Status(unusable(failure));
}

} // namespace pa
