// Other tools of ours as processes: pa-compile for an .mlir, pa-inspect for what an object needs.
#ifndef PA_COMPILER_TOOLS_RUN_PROCESS_H
#define PA_COMPILER_TOOLS_RUN_PROCESS_H

#include "runtime/device/Status.h"

#include <string>
#include <vector>

namespace pa::run {

// The path of a tool beside this one; "" if there is none.
std::string findTool(const std::string &name);

// Runs a program to its end; its standard error is ours. The value is what it wrote to standard output.
Expected<std::string> runProcess(const std::string &program, const std::vector<std::string> &arguments);

// A folder of our own under the system's folder for temporary files, removed with all its files at the end.
class TemporaryFolder {
public:
  static Expected<TemporaryFolder> make();
  TemporaryFolder(TemporaryFolder &&other) noexcept : path(std::move(other.path)) { other.path.clear(); }
  ~TemporaryFolder();
  std::string file(const std::string &name) const { return path + "/" + name; }

private:
  explicit TemporaryFolder(std::string path) : path(std::move(path)) {}
  std::string path;
};

// An error now for a path that cannot be written later: no such folder, or no right to.
Status checkWritable(const std::string &path);
Expected<std::string> readFile(const std::string &path);
// Complete or not at all: written beside the target first, then renamed. "-" is standard output.
Status writeFile(const std::string &path, const std::string &content);

} // namespace pa::run

#endif
