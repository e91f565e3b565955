#include "runtime/jit/Bundle.h"
#include "runtime/jit/Framed.h"
#include "runtime/jit/Identity.h"
#include "runtime/jit/Sha256.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <mutex>

namespace pa {
namespace {

constexpr std::string_view bundleMagic = "PABUNDL1", indexMagic = "PAINDEX1";
constexpr size_t numberBytes = 8, headerBytes = 2 * numberBytes, keyBytes = sizeof(Digest);

Error refused(const std::string &path, const std::string &why) {
  return {ErrorCode::invalidObject, "the bundle '" + path + "' " + why, {}};
}

std::string keyOf(const std::string &material) {
  Digest digest = sha256(material);
  return {reinterpret_cast<const char *>(digest.data()), digest.size()};
}

// So many bytes from there, or nothing if the file has not as many.
std::optional<std::string> readPart(std::ifstream &file, uint64_t fileBytes, uint64_t offset, uint64_t bytes) {
  if (offset > fileBytes || bytes > fileBytes - offset)
    return std::nullopt;
  std::string part(bytes, 0);
  file.seekg(std::streamoff(offset));
  if (!file.read(part.data(), std::streamsize(bytes)))
    return std::nullopt;
  return part;
}

uint64_t sizeOf(std::ifstream &file) {
  file.seekg(0, std::ios::end);
  auto end = file.tellg();
  return end < 0 ? 0 : uint64_t(end);
}

struct Known {
  std::mutex mutex;
  std::vector<std::string> paths;
};
Known &known() {
  static Known all;
  return all;
}

} // namespace

std::string makeBundle(const std::map<std::string, std::string> &objects) {
  std::map<std::string, std::string> entries; // by key, as the index is sorted
  for (const auto &[material, object] : objects)
    entries[keyOf(material)] = frame(cacheMagic, material, object);
  std::string rows;
  size_t rowBytes = keyBytes + 2 * numberBytes;
  uint64_t indexBytes = frame(indexMagic, compilerIdentity(), std::string(entries.size() * rowBytes, 0)).size();
  uint64_t offset = headerBytes + indexBytes;
  for (const auto &[key, entry] : entries) {
    rows += key;
    appendNumber(rows, offset);
    appendNumber(rows, entry.size());
    offset += entry.size();
  }
  std::string bundle(bundleMagic);
  appendNumber(bundle, indexBytes);
  bundle += frame(indexMagic, compilerIdentity(), rows);
  for (const auto &[key, entry] : entries)
    bundle += entry;
  return bundle;
}

Expected<Bundle> Bundle::open(const std::string &path) {
  std::ifstream file(path, std::ios::binary);
  if (!file)
    return {ErrorCode::unavailable, "the bundle '" + path + "' cannot be opened"};
  uint64_t fileBytes = sizeOf(file);
  auto header = readPart(file, fileBytes, 0, headerBytes);
  if (!header || header->compare(0, bundleMagic.size(), bundleMagic) != 0)
    return refused(path, "is none: it does not begin with PABUNDL1");
  auto index = readPart(file, fileBytes, headerBytes, readNumber(std::string_view(*header).substr(numberBytes)));
  auto framed = index ? parseFrame(indexMagic, *index) : std::nullopt;
  if (!framed || framed->object.size() % rowBytes)
    return refused(path, "is damaged: its index has not the bytes that its checksum is of");
  if (framed->text != compilerIdentity())
    return refused(path, "was made by '" + std::string(framed->text) + "', this library's compiler is '" +
                             compilerIdentity() + "'");
  return Bundle(path, std::string(framed->object));
}

Expected<std::optional<std::string>> Bundle::find(const std::string &material) const {
  std::string key = keyOf(material);
  auto keyAt = [&](size_t row) { return std::string_view(rows).substr(row * rowBytes, keyBytes); };
  size_t first = 0, last = entries();
  while (first < last) {
    size_t middle = first + (last - first) / 2;
    if (keyAt(middle) < key)
      first = middle + 1;
    else
      last = middle;
  }
  if (first == entries() || keyAt(first) != key)
    return std::optional<std::string>();
  std::string_view numbers = std::string_view(rows).substr(first * rowBytes + keyBytes);
  std::ifstream file(path, std::ios::binary);
  auto bytes = readPart(file, sizeOf(file), readNumber(numbers), readNumber(numbers.substr(numberBytes)));
  auto framed = bytes ? parseFrame(cacheMagic, *bytes) : std::nullopt;
  if (!framed || framed->text != material)
    return refused(path, "is damaged: entry " + hex(sha256(material)).substr(0, 16) +
                             " has not the bytes that its checksum is of");
  return std::optional<std::string>(framed->object);
}

Status addBundle(const std::string &path) {
  if (auto bundle = Bundle::open(path); !bundle)
    return bundle.error();
  Known &added = known();
  std::lock_guard<std::mutex> lock(added.mutex);
  if (std::find(added.paths.begin(), added.paths.end(), path) == added.paths.end())
    added.paths.push_back(path);
  return {};
}

std::vector<std::string> bundlePaths() {
  Known &added = known();
  std::unique_lock<std::mutex> lock(added.mutex);
  std::vector<std::string> paths = added.paths;
  lock.unlock();
  const char *variable = std::getenv("PA_BUNDLES");
  std::string list = variable ? variable : "";
  for (size_t at = 0; at < list.size();) {
    size_t end = std::min(list.find(':', at), list.size());
    if (end > at)
      paths.push_back(list.substr(at, end - at));
    at = end + 1;
  }
  return paths;
}

std::optional<std::string> findInBundles(const std::string &material, std::string &problems) {
  for (const std::string &path : bundlePaths()) {
    auto bundle = Bundle::open(path);
    auto found = bundle ? bundle->find(material) : bundle.error();
    if (found && *found)
      return std::move(*found);
    if (!found)
      problems += (problems.empty() ? "" : "; ") + found.error().message;
  }
  return std::nullopt;
}

} // namespace pa
