#pragma once

#include "tests/base/temporary_folder.h"
#include "tests/cli/child.h"
#include "tests/faults/fault_report.h"

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace descent::faults {

/// What to train: the words behind `descent`, without store and output options.
struct Recipe {
    std::string name;
    std::vector<std::string> words;
};

/// Small runs that between them have everything that a checkpoint has to keep: momentum, Adam's moments,
/// dropout, noise, averages, instruments, growing batches, planned changes, full batches. `scale` stretches
/// their length; at 1 each trains a few seconds.
std::vector<Recipe> recipes(double scale);

/// A program of this build: they lie in one folder, so that a copy of it can be tried while others are built.
std::string program(const std::string& name);

struct Ended {
    int code = -1; ///< or 128 + signal
    std::string out, err;
    /// "code 4: descent: store …"
    std::string described() const;
};

/// A folder with a store, and the real `descent` started on it. Thread: one.
class Lab {
public:
    Lab();

    using Environment = std::map<std::string, std::string>;
    std::unique_ptr<test::Child> start(const std::vector<std::string>& words,
                                       const Environment& more = {}) const;
    Ended descent(const std::vector<std::string>& words, const Environment& more = {}) const;
    Ended shell(const std::string& script, const Environment& more = {}) const; ///< $DESCENT is the program

    const std::filesystem::path& folder() const {
        return files_;
    } ///< with the store; faults are made below it
    std::filesystem::path store() const { return files_ / "runs.sqlite"; }
    std::filesystem::path beside(const std::string& name) const { return place_.file(name); }
    /// Everything in folder() as it is in another's.
    void copy_from(const Lab& other) const;
    void clear() const;

private:
    testing::TemporaryFolder place_;
    std::filesystem::path files_;
};

/// Sets fault_layer.cpp up, and reads afterwards what it did.
class Fault {
public:
    /// `kind` and `at` as there.
    Fault(const Lab& lab, const std::string& kind, std::int64_t at);
    const Lab::Environment& environment() const { return environment_; }
    Report report() const;

private:
    std::filesystem::path file_;
    Lab::Environment environment_;
};

/// A run as it is in the store, in words that can be compared; what depends on the clock is left out
/// (seconds, throughput, the share of time that instruments took).
struct Kept {
    std::string uuid, name, state, reason, key;
    std::map<std::string, std::string>
        samples; ///< "validation/loss@120" to epoch and value, every bit of them
    std::map<std::string, std::string> others;  ///< matrices and changes alike
    std::map<std::string, std::string> weights; ///< of the last checkpoint, by tensor; empty without one
};

/// "ok", or what is wrong with the file: integrity_check, foreign_key_check, and that each checkpoint's file
/// is there and can be read. An absent or empty file is ok.
std::string soundness(const std::filesystem::path& store);
/// All runs, oldest first; none where there is no store. Throws where it cannot be read.
std::vector<Kept> kept(const std::filesystem::path& store);
/// One of them, also while others are written; none where there is no such run.
std::optional<Kept> kept(const std::filesystem::path& store, const std::string& uuid);
/// What differs, the first few of it; "" for nothing.
std::string difference(const Kept& a, const Kept& b);
/// The same where `a` may end earlier: of no metric has it anything else, or a hole.
std::string not_a_beginning(const Kept& a, const Kept& whole);

} // namespace descent::faults
