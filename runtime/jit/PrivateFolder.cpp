#include "runtime/jit/PrivateFolder.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <sys/random.h>
#include <sys/stat.h>

namespace pa {
namespace {

constexpr mode_t privateFolder = 0700, privateFile = 0600;

Error unusable(const std::string &message) { return {ErrorCode::unavailable, "the kernel cache: " + message, {}}; }

Error cannotMake(const std::string &path) {
  return unusable("cannot make the folder '" + path + "': " + std::strerror(errno));
}

bool makeFolder(int parent, const std::string &name) {
  return mkdirat(parent, name.c_str(), privateFolder) == 0 || errno == EEXIST;
}

Status judge(const struct stat &info, const std::string &path) {
  if (!S_ISDIR(info.st_mode))
    return unusable("'" + path + "' is not a folder");
  if (info.st_uid != geteuid())
    return unusable("'" + path + "' is of user " + std::to_string(info.st_uid) + ", expected " +
                    std::to_string(geteuid()));
  if (info.st_mode & (S_IWGRP | S_IWOTH))
    return unusable("others can write to '" + path + "', expected mode 700");
  return {};
}

} // namespace

Expected<PrivateFolder> PrivateFolder::openAt(int parent, const std::string &name, const std::string &path) {
  struct stat info;
  if (!makeFolder(parent, name) || fstatat(parent, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0)
    return cannotMake(path);
  if (Status status = judge(info, path); !status)
    return status.error();
  // What is opened is looked at again: it may be another one by now.
  Descriptor descriptor(openat(parent, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!descriptor || fstat(descriptor.get(), &info) != 0)
    return unusable("cannot open the folder '" + path + "': " + std::strerror(errno));
  if (Status status = judge(info, path); !status)
    return status.error();
  return PrivateFolder(std::move(descriptor), path);
}

Expected<PrivateFolder> PrivateFolder::open(const std::string &path) { return openAt(AT_FDCWD, path, path); }

Expected<PrivateFolder> PrivateFolder::inside(const std::string &name) const {
  return openAt(get(), name, pathOf(name));
}

Status PrivateFolder::ensure(const std::string &name) const {
  struct stat info;
  if (!makeFolder(get(), name) || fstatat(get(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0)
    return cannotMake(pathOf(name));
  return judge(info, pathOf(name));
}

Descriptor PrivateFolder::openFile(const std::string &name, int flags) const {
  return Descriptor(openat(get(), name.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, privateFile));
}

std::optional<std::string> PrivateFolder::read(const std::string &name) const {
  Descriptor file = openFile(name, O_RDONLY | O_NONBLOCK); // a pipe of that name is not waited for
  struct stat info;
  if (!file || fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode))
    return std::nullopt;
  std::string content(size_t(info.st_size), 0);
  for (size_t at = 0; at < content.size();) {
    ssize_t count = ::read(file.get(), content.data() + at, content.size() - at);
    if (count == 0 || (count < 0 && errno != EINTR))
      return std::nullopt;
    at += count > 0 ? size_t(count) : 0;
  }
  return content;
}

Descriptor PrivateFolder::newFile(const std::string &beginning, std::string &name) const {
  for (;;) {
    uint64_t number = 0;
    (void)!getrandom(&number, sizeof number, 0);
    char digits[17];
    std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(number));
    name = beginning + digits;
    Descriptor file = openFile(name, O_WRONLY | O_CREAT | O_EXCL);
    if (file || errno != EEXIST)
      return file;
  }
}

bool PrivateFolder::rename(const std::string &name, const std::string &target) const {
  return renameat(get(), name.c_str(), get(), target.c_str()) == 0;
}

bool PrivateFolder::renameIfNew(const std::string &name, const std::string &target) const {
  if (renameat2(get(), name.c_str(), get(), target.c_str(), RENAME_NOREPLACE) == 0)
    return true;
  // Not every file system knows the flag.
  return (errno == EINVAL || errno == ENOSYS) && rename(name, target);
}

bool PrivateFolder::remove(const std::string &name) const { return unlinkat(get(), name.c_str(), 0) == 0; }

std::vector<std::string> PrivateFolder::names(const std::string &folder) const {
  std::vector<std::string> all;
  Descriptor own = openFile(folder, O_RDONLY | O_DIRECTORY);
  std::unique_ptr<DIR, int (*)(DIR *)> entries(own ? fdopendir(own.get()) : nullptr, closedir);
  if (!entries)
    return all;
  (void)own.release(); // it is the list's now
  while (const dirent *entry = readdir(entries.get()))
    if (std::strcmp(entry->d_name, ".") != 0 && std::strcmp(entry->d_name, "..") != 0)
      all.emplace_back(entry->d_name);
  return all;
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

} // namespace pa
