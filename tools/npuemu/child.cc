#include "tools/npuemu/child.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

namespace npuemu::cli {
namespace {

constexpr int kForwarded[] = {SIGHUP,  SIGINT,  SIGQUIT, SIGTERM,
                              SIGUSR1, SIGUSR2, SIGCONT, SIGWINCH};

// What the child gets back before exec.
struct SignalState {
  sigset_t mask;
  struct sigaction child_action;  // of SIGCHLD
};

// Blocks what sigwaitinfo will read; SIGCHLD must not be ignored, else the
// kernel reaps the child itself.
sigset_t BlockSignals(SignalState* before) {
  sigset_t wanted;
  sigemptyset(&wanted);
  for (int signal : kForwarded) sigaddset(&wanted, signal);
  sigaddset(&wanted, SIGCHLD);
  sigprocmask(SIG_BLOCK, &wanted, &before->mask);
  struct sigaction action = {};
  action.sa_handler = SIG_DFL;
  sigaction(SIGCHLD, &action, &before->child_action);
  return wanted;
}

void RestoreSignals(const SignalState& before) {
  sigaction(SIGCHLD, &before.child_action, nullptr);
  sigprocmask(SIG_SETMASK, &before.mask, nullptr);
}

[[noreturn]] void Execute(const std::vector<std::string>& program,
                          const SignalState& signals, int error_pipe) {
  RestoreSignals(signals);
  std::vector<char*> arguments;
  for (const std::string& argument : program) {
    arguments.push_back(const_cast<char*>(argument.c_str()));
  }
  arguments.push_back(nullptr);
  execvp(arguments[0], arguments.data());
  const int error = errno;
  const ssize_t written = write(error_pipe, &error, sizeof(error));
  _exit(written == sizeof(error) ? 127 : 126);
}

// The errno that the child wrote before it gave up, 0 once exec succeeded.
int ReadStartError(int error_pipe) {
  int error = 0;
  ssize_t count;
  do {
    count = read(error_pipe, &error, sizeof(error));
  } while (count < 0 && errno == EINTR);
  return count == sizeof(error) ? error : 0;
}

int ExitCode(int status) {
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int WaitAndForward(pid_t child, const sigset_t& wanted) {
  while (true) {
    siginfo_t info = {};
    const int signal = sigwaitinfo(&wanted, &info);
    if (signal < 0) continue;  // EINTR after a stop and continue
    if (signal == SIGCHLD) {
      int status = 0;
      // Another child (inherited over exec) may have ended.
      if (waitpid(child, &status, WNOHANG) != child) continue;
      return ExitCode(status);
    }
    // Positive codes are the kernel's: the terminal signals the whole group.
    if (info.si_code <= 0) kill(child, signal);
  }
}

}  // namespace

ChildResult RunChild(const std::vector<std::string>& program) {
  int error_pipe[2];
  if (pipe2(error_pipe, O_CLOEXEC) != 0) return {.start_error = errno};
  SignalState before;
  const sigset_t wanted = BlockSignals(&before);
  const pid_t child = fork();
  if (child == 0) Execute(program, before, error_pipe[1]);
  const int fork_error = child < 0 ? errno : 0;
  close(error_pipe[1]);
  ChildResult result = {.start_error = fork_error};
  if (child > 0) {
    result.start_error = ReadStartError(error_pipe[0]);
    result.exit_code = WaitAndForward(child, wanted);
  }
  close(error_pipe[0]);
  RestoreSignals(before);
  return result;
}

}  // namespace npuemu::cli
