#pragma once

#include <QObject>
#include <QString>
#include <QStringList>

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

namespace descent::ui {

/// Trains stored sweeps by the command line's program, each in a process of its own: `descent sweep --resume
/// ID`. What it says of its progress is read from a file, so that it may outlive the window. Thread: GUI.
class SweepRunner : public QObject {
    Q_OBJECT
public:
    /// How far a child says it is. Cells come from the store; this has what the store does not say.
    struct Progress {
        std::int64_t cells = 0, over = 0, running = 0;
        std::optional<double> share; ///< of the work, 0 … 1
        std::optional<double> eta_seconds;
        QString doing;         ///< what it does now, in its words; may be empty
        bool stopping = false; ///< asked to end, and still ending
        bool slow = false;     ///< for longer than a person waits: offer kill()
    };

    explicit SweepRunner(std::filesystem::path store, QObject* parent = nullptr);
    ~SweepRunner() override; ///< asks those in progress to stop; they end by themselves

    /// The program to run, in place of the one that is looked for.
    void setProgram(const QString& program) { program_ = program; }
    void setPatience(int ms) { patience_ms_ = ms; } ///< until Progress::slow
    /// `descent` beside this program, else on the PATH; "" where there is none.
    static QString findProgram();

    /// Trains what is missing of a stored sweep. `jobs`: processes at once, 0 for the program's own
    /// choice. What
    /// is against it comes as failed().
    void start(const QString& id, const QString& name, int jobs);
    void stop(const QString& id); ///< as Ctrl-C would; what is finished stays, the rest is to come
    void kill(const QString& id); ///< at once: runs in progress are found interrupted
    /// Asks a sweep to stop that another process of this machine trains. Error as failed().
    void stopElsewhere(const QString& id, std::int64_t pid);
    /// Those in progress go on without this window.
    void letGo();

    bool busy() const { return !children_.empty(); }
    bool trains(const QString& id) const { return children_.contains(id); }
    const Progress* progress(const QString& id) const; ///< null where it is not trained here
    std::set<std::string> trained() const;             ///< their ids
    QStringList names() const;                         ///< of those in progress

Q_SIGNALS:
    void changed(); ///< anything of the above
    void ended(const QString& id, bool complete);
    void failed(const QString& id, const QString& reason); ///< one line

private:
    struct Child;
    void probe(const QString& id);
    void run(const QString& id);
    void read(Child& child);
    void take(Child& child, const QByteArray& line);
    void finished(const QString& id, int code, bool crashed);
    void end(const QString& id, const QString& reason);

    const std::filesystem::path store_;
    QString program_;
    int patience_ms_ = 8000;
    std::map<QString, std::unique_ptr<Child>> children_;
};

} // namespace descent::ui
