// A folder of this user's that nobody else can write to, by its descriptor: what is done in it stays in it, whatever
// becomes of its path, and links are not followed. Names are relative to it, "locks/0123".
#ifndef PA_RUNTIME_JIT_PRIVATEFOLDER_H
#define PA_RUNTIME_JIT_PRIVATEFOLDER_H

#include "runtime/device/Status.h"
#include "runtime/jit/Descriptor.h"

#include <vector>

namespace pa {

class PrivateFolder {
public:
  // Made if need be. Refused: a link, another user's, one that others can write to.
  static Expected<PrivateFolder> open(const std::string &path);
  Expected<PrivateFolder> inside(const std::string &name) const;
  // The same without opening it.
  Status ensure(const std::string &name) const;

  const std::string &path() const { return place; }
  std::string pathOf(const std::string &name) const { return place + "/" + name; }
  int get() const { return descriptor.get(); }

  // Flags as of open(2); a file that is made is its owner's to read and write.
  Descriptor openFile(const std::string &name, int flags) const;
  std::optional<std::string> read(const std::string &name) const;
  // An own name of that beginning, open for writing.
  Descriptor newFile(const std::string &beginning, std::string &name) const;
  bool rename(const std::string &name, const std::string &target) const;
  // A target that is there already stays: false, and errno says EEXIST.
  bool renameIfNew(const std::string &name, const std::string &target) const;
  bool remove(const std::string &name) const;
  // Of files and folders in it, or in a folder inside; none if it cannot be read.
  std::vector<std::string> names(const std::string &folder = ".") const;

private:
  PrivateFolder(Descriptor descriptor, std::string place)
      : descriptor(std::move(descriptor)), place(std::move(place)) {}
  static Expected<PrivateFolder> openAt(int parent, const std::string &name, const std::string &path);
  Descriptor descriptor;
  std::string place;
};

bool writeAll(int file, std::string_view bytes);

} // namespace pa

#endif
