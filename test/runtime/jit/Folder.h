// A scratch folder, removed at the end.
#ifndef PA_TEST_RUNTIME_JIT_FOLDER_H
#define PA_TEST_RUNTIME_JIT_FOLDER_H

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdlib.h>
#include <string>

class Folder {
public:
  Folder() {
    std::string pattern = std::filesystem::temp_directory_path() / "pa-jit-XXXXXX";
    path = mkdtemp(pattern.data());
  }
  ~Folder() { std::filesystem::remove_all(path); }
  Folder(const Folder &) = delete;
  std::filesystem::path path;
};

inline std::string contentOf(const std::filesystem::path &path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline void writeTo(const std::filesystem::path &path, const std::string &content) {
  std::ofstream(path, std::ios::binary) << content;
}

#endif
