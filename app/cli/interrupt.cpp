#include "app/cli/interrupt.h"

#include "app/cli/command.h"

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <poll.h>
#include <stdexcept>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace descent::cli {

namespace {

sigset_t watched_signals() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    // Under nohup a hang-up is ignored, and a blocked signal would be seen all the same. An ignored SIGINT is
    // taken, though: shells set that for every background job of a script, and `kill -INT` is then meant.
    struct sigaction hang_up {};
    if (sigaction(SIGHUP, nullptr, &hang_up) == 0 && hang_up.sa_handler != SIG_IGN) sigaddset(&set, SIGHUP);
    return set;
}

} // namespace

InterruptWatch::InterruptWatch() {
    const sigset_t set = watched_signals();
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    signals_ = signalfd(-1, &set, SFD_CLOEXEC);
    end_ = eventfd(0, EFD_CLOEXEC);
    if (signals_ < 0 || end_ < 0) throw std::runtime_error("no descriptors are left for watching signals");
    thread_ = std::jthread([this] { watch(); });
}

InterruptWatch::~InterruptWatch() {
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = ::write(end_, &one, sizeof one);
    thread_.join();
    close(signals_);
    close(end_);
    // The signals stay blocked: unblocking would let one that came late kill a program that is about to end
    // well.
}

void InterruptWatch::watch() {
    for (;;) {
        pollfd wait[2]{{.fd = signals_, .events = POLLIN, .revents = 0},
                       {.fd = end_, .events = POLLIN, .revents = 0}};
        if (poll(wait, 2, -1) < 0) {
            if (errno == EINTR) continue;
            return;
        }
        if (wait[0].revents & POLLIN) {
            signalfd_siginfo info{};
            if (::read(signals_, &info, sizeof info) == sizeof info && !request_.request_stop())
                _exit(Exit::interrupted);
        }
        if (wait[1].revents) return;
    }
}

} // namespace descent::cli
