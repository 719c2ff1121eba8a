#include "tests/cli/cli_fixture.h"

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace descent::test {

namespace fs = std::filesystem;

void Cli::SetUp() {
    std::string pattern = (fs::temp_directory_path() / "descent-cli-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    data_ = folder_ / "names";
    fs::create_directories(data_);
    const std::map<std::string, std::vector<std::string>> syllables{
        {"Italian", {"ro", "mi", "ta", "li", "no"}},
        {"Polish", {"wsz", "czy", "ski", "jew", "krz"}},
        {"Scottish", {"mac", "don", "ald", "fer", "gus"}}};
    for (const auto& [language, parts] : syllables) {
        std::string lines;
        for (std::size_t i = 0; i < 20; ++i)
            lines += parts[i % 5] + parts[i / 5] + (i % 3 == 0 ? parts[(i + 2) % 5] : "") + "\n";
        write(data_ / (language + ".txt"), lines);
    }
}

void Cli::TearDown() {
    std::error_code ignored;
    fs::permissions(folder_, fs::perms::owner_all, ignored);
    fs::remove_all(folder_, ignored);
}

std::unique_ptr<Child> Cli::start(const std::vector<std::string>& words, bool terminal) const {
    std::vector<std::string> arguments{DESCENT_PROGRAM};
    arguments.insert(arguments.end(), words.begin(), words.end());
    Child::Setup setup{.folder = folder_.string(), .terminal = terminal};
    setup.environment = {{"HOME", folder_.string()},
                         {"XDG_DATA_HOME", (folder_ / "xdg").string()},
                         {"XDG_CACHE_HOME", (folder_ / ".cache").string()},
                         {"DESCENT_STORE", store().string()},
                         {"TERM", "xterm"},
                         {"NO_COLOR", ""}};
    return std::make_unique<Child>(arguments, setup);
}

Cli::Ended Cli::descent(const std::vector<std::string>& words) const {
    const auto child = start(words);
    const int code = child->wait();
    return {code, child->out(), child->err()};
}

std::vector<std::string> Cli::tiny_run(const std::vector<std::string>& more) const {
    std::vector<std::string> words{
        "run",   "--task",         "names",     "--set", "task.source=" + data_.string(), "--model", "gru",
        "--set", "model.hidden=8", "--threads", "1"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
}

void Cli::write(const fs::path& file, const std::string& content) const {
    std::ofstream stream(file, std::ios::binary);
    stream << content;
}

std::string Cli::read(const fs::path& file) const {
    std::ifstream stream(file, std::ios::binary);
    std::ostringstream content;
    content << stream.rdbuf();
    return content.str();
}

std::map<std::string, std::string> Cli::everything() const {
    std::map<std::string, std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder_))
        files[entry.path().string()] = entry.is_regular_file() ? read(entry.path()) : "";
    return files;
}

void Cli::expect_refused(const std::vector<std::string>& words, const std::vector<std::string>& said) const {
    SCOPED_TRACE(testing::PrintToString(words));
    const auto before = everything();
    const Ended ended = descent(words);
    EXPECT_EQ(ended.code, 2);
    EXPECT_EQ(ended.out, "");
    const auto lines = lines_of(ended.err);
    ASSERT_EQ(lines.size(), 1u) << ended.err;
    EXPECT_TRUE(lines[0].starts_with("descent: ")) << lines[0];
    for (const auto& part : said)
        EXPECT_NE(lines[0].find(part), std::string::npos) << lines[0] << "\nlacks: " << part;
    EXPECT_EQ(everything(), before) << "something was changed";
}

std::vector<std::string> Cli::samples(const std::string& run) const {
    const auto csv = folder_ / "samples.csv";
    const Ended ended = descent({"export", run, "--csv", csv.string()});
    EXPECT_EQ(ended.code, 0) << ended.err;
    std::vector<std::string> rows;
    for (const auto& line : lines_of(read(csv))) {
        // run_id, run, seed, update, epoch, wall_time, metric, value
        std::vector<std::string> cells;
        std::istringstream cut(line);
        for (std::string cell; std::getline(cut, cell, ',');) cells.push_back(cell);
        EXPECT_EQ(cells.size(), 8u) << line;
        if (cells.size() != 8 || cells[6] == "throughput") continue;
        rows.push_back(cells[2] + "," + cells[3] + "," + cells[4] + "," + cells[6] + "," + cells[7]);
    }
    return rows;
}

nlohmann::json Cli::stored_runs() const {
    const Ended ended = descent({"runs", "--json"});
    EXPECT_EQ(ended.code, 0) << ended.err;
    return nlohmann::json::parse(ended.out, nullptr, false);
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) {
        if (line.ends_with('\r')) line.pop_back();
        lines.push_back(line);
    }
    return lines;
}

std::vector<nlohmann::json> json_lines(const std::string& text) {
    std::vector<nlohmann::json> objects;
    for (const auto& line : lines_of(text)) {
        auto object = nlohmann::json::parse(line, nullptr, false);
        EXPECT_TRUE(object.is_object()) << line;
        if (object.is_object()) objects.push_back(std::move(object));
    }
    return objects;
}

} // namespace descent::test
