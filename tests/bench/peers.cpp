#include "tests/bench/peers.h"

#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <utility>

namespace descent::bench {

namespace {

/// Lines of words with numbers after them: share S, us T, loss L, errors E….
Figures read(const std::string& text) {
    Figures figures;
    std::istringstream words(text);
    for (std::string word; words >> word;) {
        if (word == "share") {
            words >> figures.solved;
        } else if (word == "us") {
            words >> figures.microseconds;
        } else if (word == "loss") {
            words >> figures.loss;
        } else if (word == "errors") {
            figures.errors.emplace_back();
        } else {
            if (figures.errors.empty()) return {};
            figures.errors.back().push_back(std::strtod(word.c_str(), nullptr));
        }
    }
    return figures;
}

} // namespace

std::string output_of(const std::string& script, const std::string& arguments) {
    const char* python = std::getenv("DESCENT_PYTHON");
    // torch.set_num_threads leaves the threads of its BLAS as they are.
    const std::string command = "OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 " +
                                std::string(python != nullptr ? python : "/usr/bin/python3") + " '" + script +
                                "' " + arguments + " 2>/dev/null";
    std::string text;
    std::FILE* out = ::popen(command.c_str(), "r");
    if (out == nullptr) return text;
    std::array<char, 256> part{};
    while (std::fgets(part.data(), part.size(), out) != nullptr) text += part.data();
    ::pclose(out);
    return text;
}

Figures figures_of(const std::string& script, const std::string& arguments) {
    return read(output_of(script, arguments));
}

double apart(const std::vector<std::vector<double>>& a, const std::vector<std::vector<double>>& b,
             std::int64_t examples) {
    const auto moments = [](const std::vector<double>& values) {
        double mean = 0, square = 0;
        const auto n = static_cast<double>(values.size());
        for (const double v : values) mean += v / n;
        for (const double v : values) square += (v - mean) * (v - mean) / (n - 1) / n;
        return std::pair{mean, square};
    };
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const auto [mean_a, square_a] = moments(a[i]);
        const auto [mean_b, square_b] = moments(b.at(i));
        const double one_example = std::pow(1.0 / static_cast<double>(examples), 2);
        sum += (mean_a - mean_b) * (mean_a - mean_b) / (square_a + square_b + one_example);
    }
    return std::sqrt(sum / static_cast<double>(a.size()));
}

} // namespace descent::bench
