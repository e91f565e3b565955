#include "compiler/tools/run/Process.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

namespace pa::run {
namespace {

namespace fs = std::filesystem;

Error failed(const std::string &message) { return {ErrorCode::invalidArgument, message, {}}; }

std::string systemError() { return std::strerror(errno); }

Expected<std::string> drain(int descriptor) {
  std::string text;
  char part[4096];
  for (;;) {
    ssize_t count = read(descriptor, part, sizeof part);
    if (count > 0)
      text.append(part, count);
    else if (count == 0)
      return text;
    else if (errno != EINTR)
      return failed("cannot read a program's output: " + systemError());
  }
}

Status waitFor(pid_t child, const std::string &program) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0)
    if (errno != EINTR)
      return failed("cannot wait for '" + program + "': " + systemError());
  std::string name = fs::path(program).filename();
  if (WIFSIGNALED(status))
    return failed(name + " was ended by signal " + std::to_string(WTERMSIG(status)));
  if (WEXITSTATUS(status) != 0)
    return failed(name + " failed with exit status " + std::to_string(WEXITSTATUS(status)));
  return {};
}

} // namespace

std::string findTool(const std::string &name) {
  std::error_code error;
  fs::path own = fs::read_symlink("/proc/self/exe", error);
  fs::path tool = own.parent_path() / name;
  return !error && access(tool.c_str(), X_OK) == 0 ? tool.string() : "";
}

Expected<std::string> runProcess(const std::string &program, const std::vector<std::string> &arguments) {
  std::vector<char *> argv = {const_cast<char *>(program.c_str())};
  for (const std::string &argument : arguments)
    argv.push_back(const_cast<char *>(argument.c_str()));
  argv.push_back(nullptr);
  int ends[2];
  if (pipe(ends) != 0)
    return failed("cannot make a pipe: " + systemError());
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_addclose(&actions, ends[0]);
  posix_spawn_file_actions_addclose(&actions, ends[1]);
  pid_t child = 0;
  int spawned = posix_spawn(&child, program.c_str(), &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  auto output = spawned == 0 ? drain(ends[0]) : Expected<std::string>(std::string());
  close(ends[0]);
  if (spawned != 0)
    return failed("cannot start '" + program + "': " + std::strerror(spawned));
  if (Status status = waitFor(child, program); !status)
    return status.error();
  return output;
}

Expected<TemporaryFolder> TemporaryFolder::make() {
  std::error_code error;
  fs::path base = fs::temp_directory_path(error);
  std::string pattern = (error ? fs::path("/tmp") : base) / "pa-run-XXXXXX";
  if (!mkdtemp(pattern.data()))
    return failed("cannot make a folder like '" + pattern + "': " + systemError());
  return TemporaryFolder(pattern);
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  if (!path.empty())
    fs::remove_all(path, ignored);
}

Status checkWritable(const std::string &path) {
  if (path.empty() || path == "-")
    return {};
  std::error_code ignored;
  fs::path folder = fs::path(path).parent_path();
  if (fs::is_directory(path, ignored))
    return failed("cannot write '" + path + "': it is a folder");
  if (access(folder.empty() ? "." : folder.c_str(), W_OK) != 0)
    return failed("cannot write '" + path + "': " + systemError());
  return {};
}

Expected<std::string> readFile(const std::string &path) {
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) // reading one throws
    return failed("cannot read '" + path + "': it is a folder");
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file)
    return failed("cannot read '" + path + "': " + systemError());
  return std::string((std::istreambuf_iterator<char>(file)), {});
}

Status writeFile(const std::string &path, const std::string &content) {
  if (path == "-") {
    std::cout << content << std::flush;
    return std::cout ? Status() : Status(failed("cannot write to standard output"));
  }
  std::string partial = path + ".partial-" + std::to_string(getpid());
  errno = 0;
  std::ofstream file(partial, std::ios::binary);
  file << content;
  file.close();
  if (file && std::rename(partial.c_str(), path.c_str()) == 0)
    return {};
  std::string reason = systemError();
  std::remove(partial.c_str());
  return failed("cannot write '" + path + "': " + reason);
}

} // namespace pa::run
