#include "runtime/jit/CompilerProcess.h"
#include "runtime/device/OwnFolder.h"
#include "runtime/jit/Descriptor.h"
#include "runtime/jit/Framed.h"
#include "runtime/jit/Identity.h"
#include "runtime/jit/Settings.h"
#include "runtime/jit/Turns.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace pa {
namespace {

using Clock = std::chrono::steady_clock;
constexpr size_t mostReplyBytes = 256u << 20, keptWords = 4096;

Error failed(std::string message) { return {ErrorCode::compileFailed, std::move(message), {}}; }
std::string systemError(int code = errno) { return std::strerror(code); }

struct Ends {
  Descriptor ours, childs;
};

// All ends close at exec; posix_spawn's dup2 gives the child its own.
bool makePipe(Ends &ends) {
  int both[2];
  if (pipe2(both, O_CLOEXEC) != 0)
    return false;
  ends.ours = Descriptor(both[0]);
  ends.childs = Descriptor(both[1]);
  return true;
}

// A socket, so that writing to a process that is gone raises no signal in the engine.
bool makeInput(Ends &ends) {
  int both[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, both) != 0)
    return false;
  ends.ours = Descriptor(both[0]);
  ends.childs = Descriptor(both[1]);
  return true;
}

struct Child {
  pid_t process = -1;
  Descriptor handle; // a pidfd: the number may be somebody else's once the engine has reaped it
  Ends input, output, words;
  ~Child(); // it does not outlive an exception
};

// Signals as a fresh process has them, no other descriptor, nothing of the engine's environment.
int spawn(const std::string &compiler, const std::vector<std::string> &arguments, Child &child) {
  std::vector<char *> argv;
  argv.reserve(arguments.size() + 1);
  for (const std::string &argument : arguments)
    argv.push_back(const_cast<char *>(argument.c_str()));
  argv.push_back(nullptr);
  char locale[] = "LC_ALL=C";
  char *environment[] = {locale, nullptr};

  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_adddup2(&actions, child.input.childs.get(), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, child.output.childs.get(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, child.words.childs.get(), STDERR_FILENO);
  posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  int code = posix_spawn(&child.process, compiler.c_str(), &actions, &attributes, argv.data(), environment);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (code != 0)
    child.process = -1;
  else
    child.handle = Descriptor(int(syscall(SYS_pidfd_open, child.process, 0)));
  child.input.childs.close();
  child.output.childs.close();
  child.words.childs.close();
  return code;
}

// Without a handle, which a sandbox may refuse: the number, if it is a child of ours still.
void kill(const Child &child) {
  siginfo_t info;
  if (child.handle)
    syscall(SYS_pidfd_send_signal, child.handle.get(), SIGKILL, nullptr, 0);
  else if (waitid(P_PID, id_t(child.process), &info, WEXITED | WNOHANG | WNOWAIT) == 0)
    ::kill(child.process, SIGKILL);
}

// Its status, or nothing when somebody else has reaped it.
std::optional<int> reap(Child &child) {
  int status = 0;
  pid_t reaped;
  do
    reaped = waitpid(child.process, &status, 0);
  while (reaped < 0 && errno == EINTR);
  bool ours = reaped == std::exchange(child.process, -1);
  return ours ? std::optional<int>(status) : std::nullopt;
}

Child::~Child() {
  if (process < 0)
    return;
  kill(*this);
  (void)reap(*this);
}

// How it ended, for the error's text.
std::string inWords(std::optional<int> status) {
  if (!status)
    return "";
  if (WIFSIGNALED(*status))
    return "ended by signal " + std::to_string(WTERMSIG(*status)) + " (" + strsignal(WTERMSIG(*status)) + ")";
  return "exit status " + std::to_string(WEXITSTATUS(*status));
}

// Reads what there is; false at the end.
bool readSome(Descriptor &from, std::string &into) {
  char part[65536];
  ssize_t count = read(from.get(), part, sizeof part);
  if (count > 0)
    into.append(part, size_t(count));
  return count > 0 || (count < 0 && (errno == EINTR || errno == EAGAIN));
}

// Sends what fits; false when all is sent or nobody listens.
bool sendSome(Descriptor &to, std::string_view text, size_t &sent) {
  ssize_t count = send(to.get(), text.data() + sent, text.size() - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
  if (count > 0)
    sent += size_t(count);
  return sent < text.size() && (count > 0 || errno == EINTR || errno == EAGAIN);
}

struct Exchange {
  std::string reply, words;
  bool late = false, tooLarge = false;
};

Exchange converse(Child &child, std::string_view source, Clock::time_point deadline) {
  Exchange exchange;
  size_t sent = 0;
  bool asked = false;
  // The end of its input. The socket stays open: a compiler that finds it closed has nobody left to answer to.
  auto endInput = [&] {
    (void)shutdown(child.input.ours.get(), SHUT_WR);
    asked = true;
  };
  if (source.empty())
    endInput();
  while (child.output.ours.get() >= 0 || child.words.ours.get() >= 0) {
    auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    exchange.late = left <= 0;
    exchange.tooLarge = exchange.reply.size() > mostReplyBytes;
    if (exchange.late || exchange.tooLarge) {
      kill(child);
      break;
    }
    pollfd waited[] = {{child.output.ours.get(), POLLIN, 0},
                       {child.words.ours.get(), POLLIN, 0},
                       {asked ? -1 : child.input.ours.get(), POLLOUT, 0}};
    if (poll(waited, 3, int(std::min<long long>(left, 1000))) <= 0)
      continue;
    if (waited[0].revents && !readSome(child.output.ours, exchange.reply))
      child.output.ours.close();
    if (waited[1].revents && !readSome(child.words.ours, exchange.words))
      child.words.ours.close();
    if (exchange.words.size() > 2 * keptWords)
      exchange.words.erase(0, exchange.words.size() - keptWords);
    if (waited[2].revents && !sendSome(child.input.ours, source, sent))
      endInput();
  }
  return exchange;
}

std::string lastWords(std::string words) {
  while (!words.empty() && (words.back() == '\n' || words.back() == ' '))
    words.pop_back();
  if (words.size() > keptWords)
    words = "..." + words.substr(words.size() - keptWords);
  return words.empty() ? "it said nothing" : words;
}

} // namespace

Expected<std::string> findCompiler() {
  if (const char *chosen = std::getenv("PA_COMPILER"); chosen && *chosen) {
    if (access(chosen, X_OK) == 0)
      return std::string(chosen);
    return {ErrorCode::unavailable,
            "PA_COMPILER is '" + std::string(chosen) + "', which is no program: " + systemError()};
  }
  std::string found = besides({"pa-compile", "../bin/pa-compile", "../libexec/pa/pa-compile"}, X_OK);
  if (found.empty())
    return {ErrorCode::unavailable,
            "no pa-compile beside libpa in '" + ownFolder() + "', in ../bin or in ../libexec/pa: set PA_COMPILER"};
  return found;
}

Expected<std::string> readReply(const std::string &compiler, std::string_view bytes) {
  auto reply = parseFrame(replyMagic, bytes);
  if (!reply)
    return failed("the compiler '" + compiler + "' gave no whole reply");
  if (reply->text != compilerIdentity())
    return failed("the compiler '" + compiler + "' is '" + std::string(reply->text) + "', this library's is '" +
                  compilerIdentity() + "'");
  return std::string(reply->object);
}

Expected<std::string> compileInProcess(const std::string &compiler, const CompileRequest &request,
                                       const CompileLimits &limits) {
  auto most = mostCompilers();
  if (!most)
    return most.error();
  Turn turn(*most);
  Child child;
  if (!makeInput(child.input) || !makePipe(child.output) || !makePipe(child.words))
    return failed("cannot make pipes to the compiler: " + systemError());
  std::vector<std::string> arguments = {
      compiler, "-", "--chip", request.chip, "--reply", "--memory-limit=" + std::to_string(limits.memoryMegabytes)};
  if (request.explain)
    arguments.push_back("--explain=json");
  else
    arguments.insert(arguments.end(), {"-o", "-"});
  if (request.kind == SourceKind::variant)
    arguments.push_back("--variant");
  if (!request.options.empty())
    arguments.push_back("--pa-options=" + request.options);
  if (int code = spawn(compiler, arguments, child))
    return failed("cannot start the compiler '" + compiler + "': " + systemError(code));

  Exchange exchange = converse(child, request.source, Clock::now() + limits.deadline);
  child.output.ours.close();
  child.words.ours.close();
  child.input.ours.close();
  std::string end = inWords(reap(child));
  if (exchange.late)
    return failed("the compiler was stopped after " + std::to_string(limits.deadline.count()) + " ms");
  if (exchange.tooLarge)
    return failed("the compiler was stopped, its reply has more than " + std::to_string(mostReplyBytes) + " bytes");
  if (!parseFrame(replyMagic, exchange.reply))
    return failed("the compiler gave no whole reply" + (end.empty() ? "" : " (" + end + ")") + ": " +
                  lastWords(exchange.words));
  return readReply(compiler, exchange.reply);
}

} // namespace pa
