// A file of compiled kernels for machines without a compiler, made by `pa-compile bundle`, read only.
//
//   8 bytes  "PABUNDL1"
//   8        bytes of the index, little-endian
//   ...      index: a frame (Framed.h) of the compiler's identity and of rows, sorted: 32 key, 8 offset, 8 bytes
//   ...      entries: the frames of the kernel cache, found by the same keys
//
// Index and entries each have a checksum. Only what is asked for is read.
#ifndef PA_RUNTIME_JIT_BUNDLE_H
#define PA_RUNTIME_JIT_BUNDLE_H

#include "runtime/device/Status.h"

#include <map>
#include <vector>

namespace pa {

// The bundle's bytes: objects by their key material.
std::string makeBundle(const std::map<std::string, std::string> &objects);

class Bundle {
public:
  // Refused: what is no bundle, is damaged, or was made by another compiler than this library's.
  static Expected<Bundle> open(const std::string &path);

  // The object, nothing if there is none, or an error if its entry is damaged.
  Expected<std::optional<std::string>> find(const std::string &material) const;

  size_t entries() const { return rows.size() / rowBytes; }

private:
  static constexpr size_t rowBytes = 48;
  Bundle(std::string path, std::string rows) : path(std::move(path)), rows(std::move(rows)) {}
  std::string path, rows;
};

// Bundles for every request of this process, before those of PA_BUNDLES (paths with colons between them).
Status addBundle(const std::string &path);
std::vector<std::string> bundlePaths(); // all of them, in the order they are looked through

// From the first bundle that has it. Bundles that cannot be used are left out, and `problems` says why.
std::optional<std::string> findInBundles(const std::string &material, std::string &problems);

} // namespace pa

#endif
