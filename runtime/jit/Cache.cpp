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

namespace pa {
namespace {

namespace fs = std::filesystem;
constexpr std::string_view ending = ".pac", beginningOfNew = ".new-";

Error unusable(const std::string &message) { return {ErrorCode::unavailable, "the kernel cache: " + message, {}}; }

bool endsWith(const std::string &text, std::string_view end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

std::string withoutFolder(const std::string &name) { return name.substr(name.rfind('/') + 1); }

// An entry's file by its key.
std::string fileOf(const std::string &key) { return key.substr(0, 2) + "/" + key + std::string(ending); }

// Never: the file system, or a sandbox, has no locks. Then a kernel may be compiled twice.
enum class Locked { ours, others, never };
Locked tryLock(const Descriptor &file, int kind) {
  if (flock(file.get(), kind | LOCK_NB) == 0)
    return Locked::ours;
  return errno == EWOULDBLOCK ? Locked::others : Locked::never;
}

// The lock of a whole folder: shared while a file gets its name and its own lock, so that who has it alone finds no
// file that is named and not locked yet but those of the dead. It is held for moments; nobody waits long for a process
// that is stopped in one.
class FolderLock {
public:
  FolderLock(const PrivateFolder &folder, int kind) : descriptor(folder.openFile(".", O_RDONLY | O_DIRECTORY)) {
    for (int attempt = 0; descriptor && !held && attempt < 200; ++attempt) {
      Locked locked = tryLock(descriptor, kind);
      held = locked == Locked::ours;
      if (locked == Locked::never)
        return;
      if (!held)
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }
  explicit operator bool() const { return held; }

private:
  Descriptor descriptor;
  bool held = false;
};

// Whether it is the file that has the name: a lock of one whose owner has removed it is none.
bool isNamed(const Descriptor &file, const PrivateFolder &folder, const std::string &name) {
  struct stat opened, named;
  return fstat(file.get(), &opened) == 0 && fstatat(folder.get(), name.c_str(), &named, AT_SYMLINK_NOFOLLOW) == 0 &&
         opened.st_ino == named.st_ino;
}

// Removes the file unless somebody alive has its lock.
void removeIfDead(const PrivateFolder &folder, const std::string &name) {
  if (Descriptor file = folder.openFile(name, O_RDONLY | O_NONBLOCK);
      file && tryLock(file, LOCK_EX) == Locked::ours && isNamed(file, folder, name))
    (void)folder.remove(name);
}

Descriptor newFile(const PrivateFolder &root, std::string &name) {
  FolderLock naming(root, LOCK_SH);
  Descriptor file = root.newFile(std::string(beginningOfNew), name);
  if (file)
    (void)flock(file.get(), LOCK_EX | LOCK_NB);
  return file;
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
  auto own = PrivateFolder::open(folder);
  auto root = own ? own->inside("v1") : own.error();
  if (!root)
    return root.error();
  for (const char *part : {"damaged", "locks"})
    if (Status status = root->ensure(part); !status)
      return status.error();
  Cache cache(std::move(*root), limitBytes);
  cache.removeLeftovers();
  return cache;
}

std::string Cache::keyOf(const std::string &material) { return hex(sha256(material)); }

std::vector<std::string> Cache::entryFiles() const {
  std::vector<std::string> all;
  for (const std::string &folder : root->names())
    if (folder.size() == 2)
      for (const std::string &file : root->names(folder))
        if (endsWith(file, ending))
          all.push_back(folder + "/" + file);
  return all;
}

std::optional<std::string> Cache::find(const std::string &material) const {
  std::string file = fileOf(keyOf(material));
  auto content = root->read(file);
  if (!content)
    return std::nullopt;
  auto entry = parseFrame(cacheMagic, *content);
  if (!entry || entry->text != material) {
    putAside(file);
    return std::nullopt;
  }
  (void)utimensat(root->get(), file.c_str(), nullptr, AT_SYMLINK_NOFOLLOW); // used now: the last to be evicted
  return std::string(entry->object);
}

void Cache::putAside(const std::string &file) const {
  if (!root->rename(file, "damaged/" + withoutFolder(file)))
    (void)root->remove(file);
}

Status Cache::store(const std::string &material, std::string_view object) const {
  std::string key = keyOf(material), file = fileOf(key);
  if (Status status = root->ensure(key.substr(0, 2)); !status)
    return status;
  std::string temporary;
  Descriptor writer = newFile(*root, temporary);
  if (!writer)
    return unusable("cannot write to '" + path() + "': " + std::strerror(errno));
  bool stored = writeAll(writer.get(), frame(cacheMagic, material, object)) && fsync(writer.get()) == 0 &&
                root->renameIfNew(temporary, file);
  int reason = stored ? 0 : errno;
  // Another process was first, with the same entry, unless what is there is none.
  if (reason == EEXIST && !find(material)) {
    stored = root->rename(temporary, file);
    reason = stored ? 0 : errno;
  }
  if (!stored)
    (void)root->remove(temporary);
  if (reason != 0 && reason != EEXIST && reason != EBUSY)
    return unusable("cannot write '" + root->pathOf(file) + "': " + std::strerror(reason));
  evict();
  return {};
}

std::string Cache::keepFailed(const std::string &name, std::string_view text) const {
  std::string file = "failed/" + name, temporary;
  if (!root->ensure("failed"))
    return "";
  Descriptor writer = newFile(*root, temporary);
  if (writer && writeAll(writer.get(), text) && root->rename(temporary, file))
    return root->pathOf(file);
  if (writer)
    (void)root->remove(temporary);
  return "";
}

void Cache::removeLeftovers() const {
  FolderLock alone(*root, LOCK_EX);
  if (!alone)
    return;
  for (const std::string &file : root->names())
    if (file.compare(0, beginningOfNew.size(), beginningOfNew) == 0)
      removeIfDead(*root, file);
  for (const std::string &file : root->names("locks"))
    removeIfDead(*root, "locks/" + file);
}

// Entries, and what was kept for people to look at.
std::vector<std::string> Cache::removableFiles() const {
  std::vector<std::string> all = entryFiles();
  for (const char *folder : {"damaged", "failed"})
    for (const std::string &file : root->names(folder))
      all.push_back(std::string(folder) + "/" + file);
  return all;
}

// The least recently used first.
void Cache::evict() const {
  struct Found {
    struct timespec used;
    uint64_t bytes;
    std::string file;
  };
  std::vector<Found> all;
  uint64_t total = 0;
  for (std::string &file : removableFiles()) {
    struct stat info;
    if (fstatat(root->get(), file.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0)
      continue;
    all.push_back({info.st_mtim, uint64_t(info.st_size), std::move(file)});
    total += uint64_t(info.st_size);
  }
  if (total <= limitBytes)
    return;
  std::sort(all.begin(), all.end(), [](const Found &a, const Found &b) {
    return std::pair(a.used.tv_sec, a.used.tv_nsec) < std::pair(b.used.tv_sec, b.used.tv_nsec);
  });
  for (const Found &entry : all) {
    if (total <= limitBytes)
      return;
    if (root->remove(entry.file))
      total -= entry.bytes;
  }
}

std::optional<Cache::Lock> Cache::lock(const std::string &material, std::chrono::milliseconds patience) const {
  std::string name = "locks/" + keyOf(material);
  auto deadline = std::chrono::steady_clock::now() + patience;
  while (std::chrono::steady_clock::now() < deadline) {
    Descriptor file = root->openFile(name, O_RDWR | O_CREAT);
    if (!file)
      return std::nullopt;
    Locked locked = tryLock(file, LOCK_EX);
    if (locked == Locked::never)
      return std::nullopt;
    if (locked == Locked::ours && isNamed(file, *root, name))
      return Lock(root, std::move(file), std::move(name));
    file.close();
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return std::nullopt;
}

Cache::Lock::~Lock() {
  if (descriptor)
    (void)root->remove(name);
}

std::vector<CacheEntry> Cache::entries() const {
  std::vector<CacheEntry> all;
  for (const std::string &file : entryFiles()) {
    CacheEntry entry;
    entry.path = root->pathOf(file);
    entry.key = withoutFolder(file);
    entry.key.resize(entry.key.size() - ending.size());
    if (auto content = root->read(file)) {
      entry.bytes = content->size();
      auto framed = parseFrame(cacheMagic, *content);
      entry.valid = framed && keyOf(std::string(framed->text)) == entry.key;
      entry.material = framed ? framed->text : "";
    }
    all.push_back(std::move(entry));
  }
  std::sort(all.begin(), all.end(), [](const CacheEntry &a, const CacheEntry &b) { return a.key < b.key; });
  return all;
}

Status Cache::clear() const {
  std::string failure;
  for (const std::string &file : removableFiles())
    if (!root->remove(file))
      failure = "cannot remove '" + root->pathOf(file) + "': " + std::strerror(errno);
  return failure.empty() ? Status() : Status(unusable(failure));
}

} // namespace pa
