#include "app/cli/record_json.h"
#include "app/cli/reporter.h"

#include <nlohmann/json.hpp>

namespace descent::cli {

using json = nlohmann::ordered_json;

namespace {

std::string_view word(LogLine::Level level) {
    switch (level) {
    case LogLine::Level::info:
        return "info";
    case LogLine::Level::warning:
        return "warning";
    case LogLine::Level::error:
        break;
    }
    return "error";
}

class JsonReporter : public Reporter {
public:
    explicit JsonReporter(Output& out) : out_(out) {}

    void started(const RunRecord& run, bool resumed) override {
        json line{{"event", "started"}, {"resumed", resumed}};
        line.update(cli::to_json(run));
        // What a run has at its end is for the last line.
        for (const char* later : {"state", "reason", "ended_ms", "metrics", "trashed"}) line.erase(later);
        print(line);
        out_.flush();
    }

    void batch(const MetricBatch& batch) override {
        know(batch.metrics);
        for (const auto& sample : batch.samples) {
            json line{{"event", "sample"},
                      {"metric", metric(sample.metric).name},
                      {"update", sample.update.count},
                      {"epoch", sample.epoch.passes},
                      {"seconds", sample.seconds}};
            put_number(line, sample.value);
            print(line);
        }
        for (const auto& entry : batch.log)
            print({{"event", "log"},
                   {"level", word(entry.level)},
                   {"time_ms", entry.time_ms},
                   {"text", entry.text}});
        for (const auto& change : batch.changes)
            print({{"event", "change"},
                   {"update", change.at.count},
                   {"parameter", change.path},
                   {"value", change.value}});
        if (batch.checkpoint)
            print({{"event", "checkpoint"},
                   {"update", batch.checkpoint->update.count},
                   {"file", batch.checkpoint->file},
                   {"bytes", batch.checkpoint->bytes}});
        if (batch.state && batch.state->state == RunState::paused)
            print({{"event", "paused"},
                   {"update", batch.progress.update.count},
                   {"reason", batch.state->reason}});
        out_.flush();
    }

    void finished(const RunRecord& run) override {
        json line{{"event", "finished"},
                  {"run", run.name},
                  {"id", run.id.uuid},
                  {"state", to_string(run.state)},
                  {"reason", run.reason},
                  {"updates", run.updates.count},
                  {"epoch", run.epoch.passes},
                  {"seconds", run.seconds},
                  {"majority_baseline", run.provenance.majority_baseline},
                  {"metrics", cli::to_json(run)["metrics"]}};
        print(line);
        out_.flush();
    }

private:
    void print(const json& line) { out_ << dump(line) << "\n"; }

    Output& out_;
};

} // namespace

std::unique_ptr<Reporter> make_json_reporter(Output& out) {
    return std::make_unique<JsonReporter>(out);
}

} // namespace descent::cli
