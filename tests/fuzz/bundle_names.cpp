#include "core/exchange/exchange.h"
#include "core/store/store.h"
#include "core/store/writer.h"
#include "tests/fuzz/fuzzing.h"
#include "tests/fuzz/template_store.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <set>

using namespace descent;
using namespace descent::fuzzing;
namespace fs = std::filesystem;

namespace {

// Texts that a bundle holds, in the order of the input's parts.
constexpr const char* kChanges[] = {
    "UPDATE bundled_file SET file = ?1 WHERE file = (SELECT min(file) FROM bundled_file)",
    "UPDATE checkpoint SET file = ?1 WHERE file = (SELECT min(file) FROM checkpoint)",
    "UPDATE run SET run_id = ?1 WHERE name = 'run-1'",
    "UPDATE run SET name = ?1 WHERE name = 'run-2'",
    "UPDATE run SET state = ?1 WHERE name = 'run-0'",
    "UPDATE tag SET tag = ?1 WHERE tag = 'one'",
    "UPDATE metric SET name = ?1 WHERE name = 'train/loss'",
    "UPDATE provenance SET spec = ?1",
    "UPDATE dataset SET classes = ?1",
    "UPDATE sweep SET plan = ?1",
    "UPDATE sweep SET name = ?1, sweep_id = ?1",
    "UPDATE log SET text = ?1",
    "UPDATE change SET path = ?1",
};

std::set<std::string> names_in(const fs::path& place) {
    std::set<std::string> names;
    for (const auto& entry : fs::directory_iterator(place)) names.insert(entry.path().filename().string());
    return names;
}

} // namespace

// A whole bundle whose texts are hostile: file names that lead elsewhere, odd names and ids, other JSON.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Input input(data, size);
    static const std::string whole = template_bundle(), nothing = empty_store();
    empty_folder("a");
    empty_folder("a/b");
    empty_folder("a/b/c");
    const auto store = file("a/b/c/runs.sqlite", nothing);
    const auto bundle = file("a/some.descent", whole);
    const auto outside = names_in(folder()), above = names_in(folder() / "a"),
               beside = names_in(folder() / "a/b");
    {
        SQLite::Database db(bundle.string(), SQLite::OPEN_READWRITE);
        const auto parts = input.parts('\xff');
        // Both names of a file are the same unless the input says otherwise, so that it is found.
        for (std::size_t i = 0; i < std::size(kChanges) && i < parts.size(); ++i) {
            if (parts[i].empty()) continue;
            try {
                SQLite::Statement change(db, kChanges[i]);
                change.bind(1, std::string(parts[i]));
                change.exec();
                if (i == 0) {
                    SQLite::Statement same(db, kChanges[1]);
                    same.bind(1, std::string(parts[i]));
                    same.exec();
                }
            } catch (const SQLite::Exception&) { // two of one name
            }
        }
    }
    {
        const auto writer = unwrap(StoreWriter::open(store));
        const auto report = import_file(*writer, bundle);
        if (succeeded_or_internal(report))
            for (const auto& warning : report->warnings) check_message(warning);
        hold(writer->failure().empty(), "a bad bundle does the store no harm");
    }
    hold(names_in(folder()) == outside && names_in(folder() / "a") == above &&
             names_in(folder() / "a/b") == beside,
         "nothing is written outside of the store's folder");
    for (const auto& entry : fs::directory_iterator(folder() / "a/b/c"))
        hold(entry.path() == store || entry.path() == checkpoint_folder(store),
             "nothing is left beside the store");
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(checkpoint_folder(store), none))
        hold(entry.is_regular_file() && !entry.is_symlink(), "checkpoints are files");
    read_all(store);
    return 0;
}
