// Compiled kernels on disk: one self-contained file an entry, named by the SHA-256 of everything that reaches the code.
//
//   <folder>/v1/<2 hex>/<64 hex>.pac      entries
//   <folder>/v1/locks/<64 hex>            while an entry is made; flock, so it ends with its owner
//   <folder>/v1/.new-*                    entries that are being written
//   <folder>/v1/damaged/                  what was put aside
//   <folder>/v1/failed/                   what the compiler failed at
//
// Entries are written to a temporary file, synced and renamed, and verified whenever they are read. A damaged one is
// put aside and is as good as none. Folders are private; one that is somebody else's is refused.
#ifndef PA_RUNTIME_JIT_CACHE_H
#define PA_RUNTIME_JIT_CACHE_H

#include "runtime/jit/PrivateFolder.h"

#include <chrono>
#include <memory>

namespace pa {

struct CacheEntry {
  std::string key, path, material;
  uint64_t bytes = 0;
  bool valid = false;
};

class Cache {
public:
  static constexpr uint64_t defaultLimit = 1ull << 30; // PA_CACHE_BYTES: Settings.h

  // PA_CACHE_DIR, else the user's own cache folder.
  static std::string defaultFolder();
  // Makes the folder if need be, and removes what writers that are dead have left.
  static Expected<Cache> open(const std::string &folder, uint64_t limitBytes = defaultLimit);

  static std::string keyOf(const std::string &material);
  // The object, if there is a whole entry whose material is this.
  std::optional<std::string> find(const std::string &material) const;
  Status store(const std::string &material, std::string_view object) const;

  // While it lives no other thread or process has the same; null after the deadline. It works without, at the price of
  // compiling twice.
  class Lock {
  public:
    Lock(Lock &&other) = default;
    Lock &operator=(Lock &&) = delete;
    ~Lock();

  private:
    friend class Cache;
    Lock(std::shared_ptr<const PrivateFolder> root, Descriptor descriptor, std::string name)
        : root(std::move(root)), descriptor(std::move(descriptor)), name(std::move(name)) {}
    std::shared_ptr<const PrivateFolder> root;
    Descriptor descriptor;
    std::string name;
  };
  std::optional<Lock> lock(const std::string &material, std::chrono::milliseconds patience) const;

  std::vector<CacheEntry> entries() const; // each verified
  Status clear() const;
  const std::string &path() const { return root->path(); }
  uint64_t limit() const { return limitBytes; }
  // What the compiler failed at, as a file of this name; its path, or "" if it cannot be written.
  std::string keepFailed(const std::string &name, std::string_view text) const;

private:
  Cache(PrivateFolder root, uint64_t limitBytes)
      : root(std::make_shared<PrivateFolder>(std::move(root))), limitBytes(limitBytes) {}
  std::vector<std::string> entryFiles() const;
  std::vector<std::string> removableFiles() const;
  void putAside(const std::string &file) const;
  void removeLeftovers() const;
  void evict() const;

  std::shared_ptr<const PrivateFolder> root; // with the version
  uint64_t limitBytes;
};

} // namespace pa

#endif
