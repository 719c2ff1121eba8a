#include "core/exchange/exchange.h"
#include "core/store/store.h"
#include "core/store/writer.h"
#include "tests/fuzz/fuzzing.h"
#include "tests/fuzz/template_store.h"

using namespace descent;
using namespace descent::fuzzing;

// Any file comes into an empty store, and once more: then there is nothing new in it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Input input(data, size);
    constexpr const char* names[] = {"some.csv", "some.jsonl", "events.out.tfevents.7", "some"};
    static const std::string nothing = empty_store();
    empty_folder("import");
    const auto foreign = file(std::string("import/") + names[input.byte() % 4], input.rest());
    const auto store = file("import/runs.sqlite", nothing);
    {
        const auto writer = unwrap(StoreWriter::open(store));
        const auto report = import_file(*writer, foreign);
        hold(writer->failure().empty(), "a bad file does the store no harm");
        if (!succeeded(report)) return 0;
        const auto again = import_file(*writer, foreign);
        hold(again && again->runs.empty() && again->grown == 0, "what has come in does not come in again");
        for (const auto& warning : report->warnings) check_message(warning);
        hold(!describe(*report).empty(), "an import is described");
    }
    read_all(store);
    return 0;
}
