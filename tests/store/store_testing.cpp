#include "tests/store/store_testing.h"

#include <csignal>
#include <ctime>
#include <stdexcept>

#include <fcntl.h>
#include <spawn.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

namespace descent::testing {

std::string query(const std::filesystem::path& file, const std::string& sql) {
    sqlite3* db = nullptr;
    sqlite3_open_v2(file.c_str(), &db, SQLITE_OPEN_READWRITE, nullptr);
    sqlite3_busy_timeout(db, 10'000);
    std::string text;
    const auto row = [](void* out, int columns, char** fields, char**) {
        auto& lines = *static_cast<std::string*>(out);
        if (!lines.empty()) lines += '\n';
        for (int i = 0; i < columns; ++i)
            lines += (i > 0 ? "|" : "") + std::string(fields[i] ? fields[i] : "NULL");
        return 0;
    };
    char* error = nullptr;
    sqlite3_exec(db, sql.c_str(), row, &text, &error);
    const std::string problem = error ? error : "";
    sqlite3_free(error);
    sqlite3_close(db);
    if (!problem.empty()) throw std::runtime_error(problem + " in " + sql);
    return text;
}

RunRecord example_run(std::uint64_t seed) {
    RunRecord run;
    run.id = RunId::random();
    run.spec.task = {"names", {{{"source", std::string("built-in")}, {"normalise", true}}}};
    run.spec.model = {"gru", {{{"hidden", std::int64_t{128}}, {"dropout", 0.1}}}};
    run.spec.optimizer = {"sgd", {{{"lr", 0.05}, {"momentum", 0.9}, {"nesterov", false}}}};
    run.spec.regime = {"full-batch", {{{"clip", 0.25}}}};
    run.spec.budget.epochs = 100;
    run.spec.seed = seed;
    run.key = "0123456789abcdef";
    run.state = RunState::running;
    run.created_ms = 1'700'000'000'000 + static_cast<std::int64_t>(seed % 1'000'000);
    run.started_ms = run.created_ms + 5;
    run.planned = Update{100};
    run.provenance = {.studio_version = "0.1.0",
                      .torch_version = "1.13.1",
                      .blas = "OpenBLAS 0.3.21",
                      .threads = 2,
                      .data_hash = "9f86d081884c7d65",
                      .data_source = "built-in",
                      .manifest = R"({"train":[0,2],"validation":[1]})",
                      .data_report = R"({"dropped":{"ß":3}})",
                      .parameters = 72'466,
                      .classes = {"Czech", "Português"},
                      .train_examples = 16'034,
                      .validation_examples = 2'004,
                      .test_examples = 2'005,
                      .majority_baseline = 0.468,
                      .host = "lab"};
    return run;
}

std::vector<MetricInfo> example_metrics() {
    return {{0, "train/loss", "nats", Direction::lower},
            {1, "validation/accuracy", "", Direction::higher},
            {2, "rate", "", Direction::none}};
}

std::shared_ptr<MetricBatch> batch_of(const RunId& run) {
    auto batch = std::make_shared<MetricBatch>();
    batch->run = run;
    return batch;
}

Sample sample(std::uint32_t metric, std::int64_t update, double value) {
    const auto u = static_cast<double>(update);
    return {metric, Update{update}, Epoch{u / 4}, u / 2, value};
}

void push_value(StoreWriter& writer, const RunId& run, std::uint32_t metric, std::int64_t update,
                double value) {
    auto batch = batch_of(run);
    batch->metrics = example_metrics();
    batch->samples = {sample(metric, update, value)};
    if (!writer.push(batch)) throw std::runtime_error("refused: " + writer.failure());
}

std::vector<double> values(const std::vector<SeriesPoint>& points) {
    std::vector<double> found;
    for (const SeriesPoint& point : points) found.push_back(point.value);
    return found;
}

Child::Child(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), STORE_CHILD);
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    const int error = posix_spawn(&pid_, STORE_CHILD, &actions, nullptr, argv.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    output_ = ends[0];
    if (error != 0) throw std::runtime_error("cannot start " STORE_CHILD);
}

Child::~Child() {
    kill();
    wait();
    ::close(output_);
}

std::string Child::line() {
    std::string text;
    for (char c = 0; ::read(output_, &c, 1) == 1 && c != '\n';) text += c;
    return text;
}

void Child::kill() {
    if (!ended_) ::kill(pid_, SIGKILL);
}

int Child::wait() {
    if (ended_) return 0;
    int status = 0;
    waitpid(pid_, &status, 0);
    ended_ = true;
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

double shared_clock() {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

} // namespace descent::testing
