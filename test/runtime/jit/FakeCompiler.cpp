// A compiler for tests of what surrounds one: the first word of its input says how it behaves. It appends a line to the
// file "log" beside itself for every input that it reads to the end.
#include "runtime/jit/Framed.h"
#include "runtime/jit/Identity.h"

#include <csignal>
#include <cstdio>
#include <dirent.h>
#include <fcntl.h>
#include <fstream>
#include <iostream>
#include <iterator>
#include <unistd.h>

extern char **environ;

namespace {

void say(const std::string &bytes) {
  std::fwrite(bytes.data(), 1, bytes.size(), stdout);
  std::fflush(stdout);
}

std::string surroundings() {
  std::string text;
  for (char **variable = environ; *variable; ++variable)
    text += std::string(*variable) + ";";
  int descriptors = 0;
  DIR *folder = opendir("/proc/self/fd");
  while (dirent *entry = readdir(folder))
    descriptors += entry->d_name[0] != '.';
  closedir(folder);
  text += " descriptors=" + std::to_string(descriptors - 1); // the folder's own
  sigset_t blocked;
  sigprocmask(SIG_BLOCK, nullptr, &blocked);
  struct sigaction pipe;
  sigaction(SIGPIPE, nullptr, &pipe);
  text += sigismember(&blocked, SIGTERM) ? " blocked" : " unblocked";
  return text + (pipe.sa_handler == SIG_DFL ? " default" : " changed");
}

std::string besides(const std::string &program) { return program.substr(0, program.rfind('/') + 1); }

std::string besides(const std::string &program, const char *name) {
  std::ifstream file(besides(program) + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void log(const std::string &program, const std::string &line) {
  std::string path = program.substr(0, program.rfind('/')) + "/log";
  int file = open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  (void)!write(file, (line + "\n").data(), line.size() + 1);
  close(file);
}

} // namespace

int main(int, char **argv) {
  std::string input((std::istreambuf_iterator<char>(std::cin)), {});
  std::string how = input.substr(0, input.find(' '));
  std::string reply = pa::frame(pa::replyMagic, pa::compilerIdentity(), "object of " + input);
  log(argv[0], input.substr(0, 60));
  // A variant: what lies in the file "kernel" beside it.
  if (!input.empty() && input.front() == '{')
    reply = pa::frame(pa::replyMagic, pa::compilerIdentity(), besides(argv[0], "kernel"));
  if (how == "hang")
    pause();
  std::string running = besides(argv[0]) + "running";
  if (how == "alone") { // refused if another one runs
    int file = open(running.c_str(), O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0)
      return 1;
    usleep(2000);
    close(file);
    unlink(running.c_str());
  }
  while (how == "endless")
    say(std::string(1 << 20, 'x'));
  if (how == "crash") {
    std::signal(SIGSEGV, SIG_DFL); // a sanitizer's handler would speak
    raise(SIGSEGV);
  }
  if (how == "garbage")
    reply = "not a reply";
  if (how == "half")
    reply.resize(reply.size() - 1);
  if (how == "other")
    reply = pa::frame(pa::replyMagic, "another compiler", "object");
  if (how == "surroundings")
    reply = pa::frame(pa::replyMagic, pa::compilerIdentity(), surroundings());
  if (how == "chatty")
    std::cerr << std::string(1 << 20, '.') << "the last words" << std::endl;
  if (how == "refuse") {
    std::cerr << "pa-compile: error: this is refused" << std::endl;
    return 1;
  }
  say(reply);
  if (how == "chatty")
    return 0;
  return how == "late-failure" ? 3 : 0;
}
