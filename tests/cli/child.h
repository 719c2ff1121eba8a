#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace descent::test {

/// A program started by a test, its output read through pipes. Killed with the object. Thread: one.
class Child {
public:
    struct Setup {
        std::map<std::string, std::string> environment{}; ///< over the test's own; "" unsets
        std::string folder{};                             ///< to run in; "" for the test's own
        bool terminal = false; ///< its standard output is a terminal of 100 columns
    };
    Child(const std::vector<std::string>& arguments, const Setup& setup);
    ~Child();
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    /// The next line of its standard output without the line break; none at the end or when it takes too
    /// long.
    std::optional<std::string> next_line();
    void signal(int number) const;
    pid_t pid() const { return pid_; }
    /// Stops reading its standard output, as `head` does.
    void close_output();
    /// Reads everything left and returns the exit code, or 128 + signal.
    int wait();

    const std::string& out() const { return out_; } ///< all of its standard output so far
    const std::string& err() const { return err_; }

private:
    bool pump(); // reads what is there or waits for it; false when both pipes have ended or time is up

    pid_t pid_ = -1;
    int out_pipe_ = -1, err_pipe_ = -1;
    std::string out_, err_;
    std::size_t line_at_ = 0;
    std::chrono::steady_clock::time_point give_up_;
};

} // namespace descent::test
