#include "app/cli/sweep_jobs.h"

#include "app/cli/command.h"
#include "app/cli/sweep_lines.h"
#include "core/store/store.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <memory>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace descent::cli {

namespace {

constexpr int kPatienceMs = 100;
constexpr int kTries = 2;

/// One process that trains, with the pipes to it.
class Worker {
public:
    Worker(const std::string& sweep_id, const std::filesystem::path& store) {
        int to[2], from[2];
        if (pipe2(to, O_CLOEXEC) != 0) throw std::runtime_error(describe("no pipe for another process"));
        if (pipe2(from, O_CLOEXEC) != 0) {
            const auto why = describe("no pipe for another process");
            close(to[0]);
            close(to[1]);
            throw std::runtime_error(why);
        }
        const std::string program = std::filesystem::read_symlink("/proc/self/exe").string();
        const std::vector<std::string> words{program,  "sweep",   "--resume",    sweep_id,
                                             "--work", "--store", store.string()};
        std::vector<char*> arguments;
        for (const auto& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
        arguments.push_back(nullptr);
        const pid_t parent = getpid();
        pid_ = fork();
        if (pid_ == 0) {
            // Only what may be called after a fork of a program with threads. Ctrl-C on the terminal goes to
            // the parent alone, which passes it on once; signals stay blocked until the child watches them.
            setpgid(0, 0);
            prctl(PR_SET_PDEATHSIG, SIGTERM);
            if (getppid() != parent) _exit(Exit::failed);
            dup2(to[0], STDIN_FILENO);
            dup2(from[1], STDOUT_FILENO);
            execv(arguments[0], arguments.data());
            _exit(127);
        }
        const auto why = describe("no further process can be started");
        close(to[0]);
        close(from[1]);
        in_ = to[1];
        out_ = from[0];
        if (pid_ < 0) throw std::runtime_error(why);
    }
    ~Worker() {
        close_input();
        if (out_ >= 0) close(out_);
        if (pid_ > 0) {
            kill(pid_, SIGTERM);
            wait();
        }
    }
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    int output() const { return out_; }
    bool is_fed() const { return in_ >= 0; }
    bool send(const std::string& line) {
        std::string_view rest = line;
        while (!rest.empty()) {
            const auto written = write(in_, rest.data(), rest.size());
            if (written < 0 && errno != EINTR) return false;
            if (written > 0) rest.remove_prefix(static_cast<std::size_t>(written));
        }
        return true;
    }
    void close_input() {
        if (in_ >= 0) close(in_);
        in_ = -1;
    }
    void interrupt() const { kill(pid_, SIGTERM); }
    /// Reads what there is; false: it has closed its output.
    bool read_some() {
        char piece[16 * 1024];
        const auto count = read(out_, piece, sizeof piece);
        if (count < 0) return errno == EINTR || errno == EAGAIN;
        rest_.append(piece, static_cast<std::size_t>(count));
        return count > 0;
    }
    std::optional<std::string> line() {
        const auto end = rest_.find('\n');
        if (end == std::string::npos) return std::nullopt;
        std::string whole = rest_.substr(0, end);
        rest_.erase(0, end + 1);
        return whole;
    }
    /// Its exit code, or minus the signal.
    int wait() {
        int status = 0;
        while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
        }
        pid_ = -1;
        return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
    }

    std::optional<std::size_t> doing; ///< a piece of work

private:
    static std::string describe(const char* what) { return std::string(what) + ": " + std::strerror(errno); }

    pid_t pid_ = -1;
    int in_ = -1, out_ = -1;
    std::string rest_;
};

std::string ended(int code) {
    return code < 0
               ? std::string("was ended by signal ") + std::to_string(-code) + " (" + strsignal(-code) + ")"
               : "ended with code " + std::to_string(code);
}

} // namespace

void SweepOutcome::add(const std::string& problem) {
    failed = true;
    if (std::ranges::count(problems, problem) == 0) problems.push_back(problem);
}

void SweepOutcome::add(const WorkResult& result) {
    failed = failed || result.failed > 0;
    for (const auto& problem : result.problems) add(problem);
}

void train_in_processes(const std::vector<SweepWork>& work, const SweepLineage& lineage, WorkQueue& queue,
                        std::size_t jobs, const std::string& sweep_id, const std::filesystem::path& store,
                        const InterruptWatch& watch, SweepProgress& progress, SweepOutcome& outcome) {
    std::vector<int> tries(work.size());
    std::vector<SweepWork> now = work;
    std::vector<std::unique_ptr<Worker>> workers;
    bool interrupted = false;

    const auto deal = [&](Worker& worker) {
        if (queue.empty() || interrupted) return worker.close_input();
        worker.doing = queue.next();
        if (!worker.doing) return; // until what the others train is there
        ++tries[*worker.doing];
        worker.send(to_line(now[*worker.doing]));
    };
    const auto deal_to_idle = [&] {
        for (const auto& worker : workers)
            if (!worker->doing && worker->is_fed()) deal(*worker);
    };
    const auto take = [&](Worker& worker, const std::string& line) {
        if (!worker.doing) return;
        const auto said = answer_in(line);
        if (said.progress) progress.at(*worker.doing, *said.progress);
        if (said.result) {
            progress.over(*worker.doing, *said.result);
            outcome.add(*said.result);
            queue.over(*worker.doing, trained(*said.result));
            worker.doing.reset();
            deal_to_idle();
        }
    };
    // What it trained is no longer held by a living process; it may have got further than its answers.
    const auto bury = [&](Worker& worker) {
        const int code = worker.wait();
        if (interrupted || !worker.doing) return;
        const auto index = *worker.doing;
        progress.broken(index);
        complain("a process that trained " + std::to_string(work[index].cells.size()) + " of the runs " +
                 ended(code) +
                 (tries[index] < kTries ? "; they are tried once more" : "; they are left out"));
        if (tries[index] >= kTries) {
            outcome.add("a process of the sweep " + ended(code) + " twice with the same runs");
            return queue.over(index, false);
        }
        unwrap(prepare_store(store));
        const auto reader = unwrap(StoreReader::open(store));
        bool diverged = false;
        for (const auto cell : work[index].cells)
            for (const auto& run : reader->runs_by_key(lineage.cells[cell].key)) {
                diverged = diverged || run.state == RunState::diverged;
                if (run.state == RunState::finished || run.state == RunState::diverged)
                    std::erase(now[index].cells, cell);
                else if (is_resumable(run.state))
                    now[index].again.insert_or_assign(cell, run.id);
            }
        if (!now[index].cells.empty())
            queue.again(index);
        else
            queue.over(index, !diverged);
    };

    while (!workers.empty() || (!queue.empty() && !interrupted)) {
        while (!interrupted && workers.size() < jobs) {
            // Only for what can begin: each has the engine to load.
            const auto index = queue.next();
            if (!index) break;
            queue.again(*index);
            workers.push_back(std::make_unique<Worker>(sweep_id, store));
            deal(*workers.back());
        }
        std::vector<pollfd> polled;
        for (const auto& worker : workers) polled.push_back({.fd = worker->output(), .events = POLLIN});
        poll(polled.data(), polled.size(), kPatienceMs);
        if (watch.requested() && !interrupted) {
            interrupted = true;
            for (const auto& worker : workers) worker->interrupt(), worker->close_input();
        }
        for (std::size_t i = polled.size(); i-- > 0;) {
            if (polled[i].revents == 0) continue;
            const bool more = workers[i]->read_some();
            while (const auto line = workers[i]->line()) take(*workers[i], *line);
            if (more) continue;
            bury(*workers[i]);
            workers.erase(workers.begin() + static_cast<std::ptrdiff_t>(i));
            deal_to_idle();
        }
    }
}

int serve_sweep_work(const std::vector<SweepCell>& cells, const std::string& sweep_id, Engine& engine,
                     StoreWriter& store, const InterruptWatch& watch) {
    Output out;
    const auto say = [&](const std::string& line) {
        out << line;
        out.flush();
    };
    std::string rest;
    for (;;) {
        if (watch.requested()) return Exit::interrupted;
        if (const auto end = rest.find('\n'); end != std::string::npos) {
            const SweepWork work = work_in(rest.substr(0, end), cells.size());
            rest.erase(0, end + 1);
            const auto result = train_work(work, cells, sweep_tags(sweep_id), engine, store, watch,
                                           [&](const WorkProgress& p) { say(to_line(p)); });
            unwrap(store.flush()); // what is said to be over is stored
            say(to_line(result));
            continue;
        }
        pollfd input{.fd = STDIN_FILENO, .events = POLLIN};
        if (poll(&input, 1, kPatienceMs) <= 0) continue;
        char piece[16 * 1024];
        const auto count = read(STDIN_FILENO, piece, sizeof piece);
        if (count <= 0) return Exit::ok;
        rest.append(piece, static_cast<std::size_t>(count));
    }
}

} // namespace descent::cli
