#include "tests/faults/lab.h"

#include "core/base/hash.h"
#include "core/store/checkpoint_file.h"
#include "core/store/store.h"
#include "tests/store/store_testing.h"

#include <cmath>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <sstream>

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

namespace descent::faults {

namespace fs = std::filesystem;
using testing::query;

std::vector<Recipe> recipes(double scale) {
    const auto long_by = [&](int updates) {
        return std::to_string(std::max(1, static_cast<int>(updates * scale)));
    };
    const auto with = [](std::vector<std::string> words, const std::vector<std::string>& settings) {
        for (const auto& setting : settings) {
            words.push_back("--set");
            words.push_back(setting);
        }
        words.insert(words.end(), {"--threads", "1"});
        return words;
    };
    return {
        {"momentum",
         with({"run", "--task", "gaussian-mixture", "--regime", "sgd", "--updates", long_by(6000)},
              {"model.hidden=256", "optimizer.nesterov=true", "regime.evaluate_every=10",
               "regime.label_noise=0.1", "regime.record_every=4"})},
        {"adam-average", with({"run", "--task", "names", "--model", "gru", "--optimizer", "adam", "--regime",
                               "sgd", "--updates", long_by(300)},
                              {"model.hidden=32", "regime.averaging=ema", "regime.batch_size=48",
                               "regime.schedule=cosine", "regime.warmup=1"})},
        {"dropout", with({"run", "--task", "trec", "--model", "text-cnn", "--optimizer", "adam", "--updates",
                          long_by(150)},
                         {"regime.batch_size=16"})},
        {"instruments",
         with({"run", "--task", "gaussian-mixture", "--regime", "full-batch", "--updates", long_by(1500)},
              {"model.hidden=128", "regime.probe_sharpness=1", "regime.probe_every=25",
               "regime.probe_noise_scale=true", "regime.probe_cosine=true", "regime.noise=0.05",
               "regime.evaluate_every=20"})},
        {"changing", with({"run", "--task", "gaussian-mixture", "--regime", "sgd", "--epochs", long_by(60),
                           "--at", "50:optimizer.lr=0.05", "--at", "400:regime.clip_norm=0.5"},
                          {"regime.batch_schedule=linear", "regime.batch_size=8", "regime.sam_radius=0.02",
                           "model.hidden=128", "regime.record_every=2"})},
        {"blocks", with({"run", "--task", "names", "--model", "gru", "--regime",
                         "full-batch-regularized-reshuffled", "--updates", long_by(24)},
                        {"model.hidden=12", "regime.averaging=swa"})},
        {"replacement", with({"run", "--task", "teacher", "--optimizer", "lion", "--regime", "sgd",
                              "--updates", long_by(6000)},
                             {"regime.order=replacement", "regime.evaluate_every=10",
                              "regime.schedule=plateau", "regime.record_every=4"})},
    };
}

std::string program(const std::string& name) {
    return (fs::read_symlink("/proc/self/exe").parent_path() / name).string();
}

std::string Ended::described() const {
    return "code " + std::to_string(code) + ": " + (err.empty() ? "(nothing said)" : err);
}

Lab::Lab() : files_(place_.file("files")) {
    fs::create_directories(files_);
}

std::unique_ptr<test::Child> Lab::start(const std::vector<std::string>& words,
                                        const Environment& more) const {
    std::vector<std::string> arguments{program("descent")};
    arguments.insert(arguments.end(), words.begin(), words.end());
    test::Child::Setup setup{.environment = more, .folder = place_.path().string()};
    setup.environment.insert({{"HOME", place_.path().string()},
                              {"XDG_DATA_HOME", place_.file("xdg").string()},
                              {"XDG_CACHE_HOME", place_.file("cache").string()},
                              {"DESCENT_STORE", store().string()},
                              {"OMP_NUM_THREADS", "1"},
                              {"NO_COLOR", "1"}});
    return std::make_unique<test::Child>(arguments, setup);
}

Ended Lab::descent(const std::vector<std::string>& words, const Environment& more) const {
    const auto child = start(words, more);
    const int code = child->wait();
    return {code, child->out(), child->err()};
}

Ended Lab::shell(const std::string& script, const Environment& more) const {
    test::Child::Setup setup{.environment = more, .folder = place_.path().string()};
    setup.environment.insert({{"HOME", place_.path().string()},
                              {"XDG_CACHE_HOME", place_.file("cache").string()},
                              {"DESCENT_STORE", store().string()},
                              {"DESCENT", program("descent")},
                              {"NO_COLOR", "1"}});
    test::Child child({"/bin/sh", "-c", script}, setup);
    const int code = child.wait();
    return {code, child.out(), child.err()};
}

void Lab::copy_from(const Lab& other) const {
    clear();
    fs::copy(other.files_, files_, fs::copy_options::recursive);
}

void Lab::clear() const {
    for (const auto& entry : fs::directory_iterator(files_)) fs::remove_all(entry.path());
}

Fault::Fault(const Lab& lab, const std::string& kind, std::int64_t at) : file_(lab.beside("report")) {
    const Report none;
    std::ofstream(file_, std::ios::binary).write(reinterpret_cast<const char*>(&none), sizeof none);
    environment_ = {{"LD_PRELOAD",
                     (fs::path(program("")).parent_path().parent_path() / "lib/libfault_layer.so").string()},
                    {"DESCENT_FAULT_FOLDER", lab.folder().string()},
                    {"DESCENT_FAULT_KIND", kind},
                    {"DESCENT_FAULT_AT", std::to_string(at)},
                    {"DESCENT_FAULT_REPORT", file_.string()}};
}

Report Fault::report() const {
    Report report;
    std::ifstream(file_, std::ios::binary).read(reinterpret_cast<char*>(&report), sizeof report);
    return report;
}

namespace {

const std::string kRuns = "SELECT run_no, run_id, name, state, reason, key FROM run";

bool is_there(const fs::path& store) {
    std::error_code error;
    const auto size = fs::file_size(store, error);
    return !error && size > 0;
}

std::string bits(double value) {
    char text[40];
    std::snprintf(text, sizeof text, "%a", value);
    return std::isnan(value) ? "nan" : text;
}

std::string hash_of(const void* data, std::size_t size) {
    return sha256_hex({static_cast<const char*>(data), size});
}

/// Calls `row` for each; throws on an error.
template<class Row>
void each(sqlite3* db, const std::string& sql, Row&& row) {
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v2(db, sql.c_str(), -1, &statement, nullptr) != SQLITE_OK)
        throw std::runtime_error(std::string(sqlite3_errmsg(db)) + " in " + sql);
    int code = 0;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) row(statement);
    sqlite3_finalize(statement);
    if (code != SQLITE_DONE) throw std::runtime_error(std::string(sqlite3_errmsg(db)) + " in " + sql);
}

std::string text(sqlite3_stmt* row, int column) {
    const auto* value = reinterpret_cast<const char*>(sqlite3_column_text(row, column));
    return value ? value : "";
}

double number(sqlite3_stmt* row, int column) {
    return sqlite3_column_type(row, column) == SQLITE_NULL ? std::nan("")
                                                           : sqlite3_column_double(row, column);
}

bool depends_on_clock(const std::string& metric) {
    return metric == "throughput" || metric == "probes/share";
}

Kept kept_run(sqlite3* db, const fs::path& store, sqlite3_stmt* row) {
    Kept run{text(row, 1), text(row, 2), text(row, 3), text(row, 4), text(row, 5), {}, {}, {}};
    const std::string number_of = text(row, 0);
    each(
        db,
        "SELECT m.name, s.update_count, s.epoch, s.value FROM sample s JOIN metric m USING (metric_no) WHERE "
        "m.run_no = " +
            number_of,
        [&](sqlite3_stmt* sample) {
            if (depends_on_clock(text(sample, 0))) return;
            run.samples[text(sample, 0) + "@" + text(sample, 1)] =
                bits(number(sample, 2)) + " " + bits(number(sample, 3));
        });
    each(db,
         "SELECT name, update_count, epoch, row_count, column_count, data FROM curve WHERE run_no = " +
             number_of,
         [&](sqlite3_stmt* curve) {
             run.others["curve " + text(curve, 0) + "@" + text(curve, 1)] =
                 bits(number(curve, 2)) + " " + text(curve, 3) + " " + text(curve, 4) + " " +
                 hash_of(sqlite3_column_blob(curve, 5),
                         static_cast<std::size_t>(sqlite3_column_bytes(curve, 5)));
         });
    each(db, "SELECT update_count, path, value FROM change WHERE run_no = " + number_of,
         [&](sqlite3_stmt* change) {
             run.others["change " + text(change, 1) + "@" + text(change, 0)] = text(change, 2);
         });
    std::string last;
    each(db,
         "SELECT file FROM checkpoint WHERE run_no = " + number_of + " ORDER BY update_count DESC LIMIT 1",
         [&](sqlite3_stmt* file) { last = text(file, 0); });
    if (!last.empty())
        for (const auto& tensor : read_tensor_file(checkpoint_folder(store) / last).tensors)
            if (!tensor.name.starts_with("instrument/"))
                run.weights[tensor.name] = hash_of(tensor.data.data(), tensor.data.size());
    return run;
}

class Database {
public:
    explicit Database(const fs::path& file) {
        if (sqlite3_open_v2(file.c_str(), &db, SQLITE_OPEN_READWRITE, nullptr) != SQLITE_OK)
            throw std::runtime_error("cannot open " + file.string());
        sqlite3_busy_timeout(db, 10'000);
    }
    ~Database() { sqlite3_close(db); }
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;
    sqlite3* db = nullptr;
};

std::string differences(const std::map<std::string, std::string>& a,
                        const std::map<std::string, std::string>& b, const std::string& what) {
    std::string said;
    int count = 0;
    const auto say = [&](const std::string& more) {
        if (++count <= 3) said += "; " + what + " " + more;
    };
    for (const auto& [key, value] : a) {
        const auto other = b.find(key);
        if (other == b.end())
            say(key + " is extra");
        else if (other->second != value)
            say(key + " is " + value + ", not " + other->second);
    }
    for (const auto& [key, value] : b)
        if (!a.contains(key)) say(key + " is missing");
    if (count > 3) said += "; … " + std::to_string(count) + " in all";
    return said;
}

} // namespace

std::string soundness(const fs::path& store) {
    if (!is_there(store)) return "ok";
    try {
        if (auto found = query(store, "PRAGMA integrity_check"); found != "ok")
            return "integrity_check: " + found;
        if (query(store, "SELECT count(*) FROM sqlite_master") == "0") return "ok";
        if (auto found = query(store, "PRAGMA foreign_key_check"); !found.empty())
            return "foreign_key_check: " + found;
        std::istringstream files(query(store, "SELECT file FROM checkpoint"));
        for (std::string file; std::getline(files, file);) {
            try {
                read_tensor_file(checkpoint_folder(store) / file);
            } catch (const std::exception&) { // another process may have put a later one in its place
                if (query(store, "SELECT count(*) FROM checkpoint WHERE file = '" + file + "'") != "0") throw;
            }
        }
    } catch (const std::exception& e) {
        return e.what();
    }
    return "ok";
}

std::vector<Kept> kept(const fs::path& store) {
    std::vector<Kept> runs;
    if (!is_there(store)) return runs;
    const Database file(store);
    bool made = false;
    each(file.db, "SELECT 1 FROM sqlite_master WHERE name = 'run'", [&](sqlite3_stmt*) { made = true; });
    if (made)
        each(file.db, kRuns + " ORDER BY run_no",
             [&](sqlite3_stmt* row) { runs.push_back(kept_run(file.db, store, row)); });
    return runs;
}

std::optional<Kept> kept(const fs::path& store, const std::string& uuid) {
    if (!is_there(store)) return std::nullopt;
    const Database file(store);
    std::optional<Kept> run;
    each(file.db, kRuns + " WHERE run_id = '" + uuid + "'",
         [&](sqlite3_stmt* row) { run = kept_run(file.db, store, row); });
    return run;
}

std::string difference(const Kept& a, const Kept& b) {
    std::string said = differences(a.samples, b.samples, "sample");
    said += differences(a.others, b.others, "");
    said += differences(a.weights, b.weights, "tensor");
    if (a.state != b.state) said += "; state is " + a.state + ", not " + b.state;
    return said.empty() ? said : said.substr(2);
}

std::string not_a_beginning(const Kept& a, const Kept& whole) {
    // Of every metric: what is there is right, and nothing is missing before the last that is there.
    std::map<std::string, long> last;
    const auto cut = [](const std::string& key) {
        const auto at = key.rfind('@');
        return std::pair(key.substr(0, at), std::stol(key.substr(at + 1)));
    };
    for (const auto& [key, value] : a.samples) {
        const auto [metric, update] = cut(key);
        last[metric] = std::max(last[metric], update);
        const auto right = whole.samples.find(key);
        if (right == whole.samples.end()) return key + " is extra";
        if (right->second != value) return key + " is " + value + ", not " + right->second;
    }
    for (const auto& [key, value] : whole.samples) {
        const auto [metric, update] = cut(key);
        if (last.contains(metric) && update <= last[metric] && !a.samples.contains(key))
            return key + " is missing";
    }
    return "";
}

} // namespace descent::faults
