#include "tests/cli/child.h"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <stdexcept>
#include <sys/wait.h>
#include <unistd.h>

namespace descent::test {

namespace {

constexpr auto kPatience = std::chrono::seconds(120);

} // namespace

Child::Child(const std::vector<std::string>& arguments, const Setup& setup)
    : give_up_(std::chrono::steady_clock::now() + kPatience) {
    int out[2], err[2];
    if (setup.terminal) {
        const winsize size{.ws_row = 40, .ws_col = 100, .ws_xpixel = 0, .ws_ypixel = 0};
        if (openpty(&out[0], &out[1], nullptr, nullptr, &size) != 0) throw std::runtime_error("no terminal");
        for (const int end : out) fcntl(end, F_SETFD, FD_CLOEXEC);
    } else if (pipe2(out, O_CLOEXEC) != 0) {
        throw std::runtime_error("no pipe");
    }
    if (pipe2(err, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    std::vector<char*> argv;
    for (const auto& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    pid_ = fork();
    if (pid_ < 0) throw std::runtime_error("no fork");
    if (pid_ == 0) {
        // The test is single-threaded here, so the child may use more than async-signal-safe functions.
        dup2(out[1], STDOUT_FILENO);
        dup2(err[1], STDERR_FILENO);
        const int nothing = open("/dev/null", O_RDONLY);
        dup2(nothing, STDIN_FILENO);
        for (const auto& [name, value] : setup.environment)
            value.empty() ? unsetenv(name.c_str()) : setenv(name.c_str(), value.c_str(), 1);
        if (!setup.folder.empty() && chdir(setup.folder.c_str()) != 0) _exit(126);
        execv(argv[0], argv.data());
        _exit(127);
    }
    close(out[1]);
    close(err[1]);
    out_pipe_ = out[0];
    err_pipe_ = err[0];
}

Child::~Child() {
    if (pid_ > 0) {
        kill(pid_, SIGKILL);
        waitpid(pid_, nullptr, 0);
    }
    if (out_pipe_ >= 0) close(out_pipe_);
    if (err_pipe_ >= 0) close(err_pipe_);
}

bool Child::pump() {
    if (out_pipe_ < 0 && err_pipe_ < 0) return false;
    const auto left = give_up_ - std::chrono::steady_clock::now();
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(left).count();
    pollfd wait[2]{{out_pipe_, POLLIN, 0}, {err_pipe_, POLLIN, 0}};
    if (ms <= 0 || poll(wait, 2, static_cast<int>(ms)) == 0) return false;
    const auto read_into = [](pollfd& from, int& pipe, std::string& text) {
        if (from.revents == 0) return;
        char bytes[4096];
        const ssize_t count = read(pipe, bytes, sizeof bytes);
        if (count > 0) {
            text.append(bytes, static_cast<std::size_t>(count));
        } else if (count == 0 || errno != EINTR) {
            close(pipe);
            pipe = -1;
        }
    };
    read_into(wait[0], out_pipe_, out_);
    read_into(wait[1], err_pipe_, err_);
    return true;
}

std::optional<std::string> Child::next_line() {
    for (;;) {
        if (const auto end = out_.find('\n', line_at_); end != std::string::npos) {
            std::string line = out_.substr(line_at_, end - line_at_);
            line_at_ = end + 1;
            return line;
        }
        if (out_pipe_ < 0 || !pump()) return std::nullopt;
    }
}

void Child::signal(int number) const {
    kill(pid_, number);
}

void Child::close_output() {
    close(out_pipe_);
    out_pipe_ = -1;
}

int Child::wait() {
    while (pump()) {
    }
    if (std::chrono::steady_clock::now() >= give_up_) kill(pid_, SIGKILL);
    int status = 0;
    waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

} // namespace descent::test
