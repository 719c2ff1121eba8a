#include "core/exchange/event_file.h"
#include "core/exchange/importers.h"
#include "tests/fuzz/fuzzing.h"

using namespace descent;
using namespace descent::fuzzing;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    // An odd first byte: the rest is a file. An even one: records by length, so that their checksums are
    // right.
    Input input(data, size);
    std::string bytes;
    if (input.byte() & 1) {
        bytes = input.rest();
    } else {
        while (!input.empty()) append_record(bytes, input.take(input.number()));
    }
    const auto place = file("events.out.tfevents.1", bytes);
    RecordReader::recognises(place);
    accepted([&] {
        RecordReader records(place);
        std::int64_t before = -1;
        while (records.next()) {
            hold(records.place() > before, "records follow each other");
            before = records.place();
        }
    });
    Imported imported;
    if (!accepted([&] { imported = read_events(place, {}); })) return 0;
    for (const auto& run : imported.runs)
        for (const auto& sample : run.content.samples)
            hold(sample.metric < run.content.metrics.size(), "a value is of a metric");
    return 0;
}
