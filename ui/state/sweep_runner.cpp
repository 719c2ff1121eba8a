#include "ui/state/sweep_runner.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryFile>
#include <QTimer>

#include <csignal>
#include <utility>
#include <vector>

#include <unistd.h>

namespace descent::ui {

namespace {

constexpr int kLookMs = 200;
// What a shell sees of the command line's program; README promises the numbers.
constexpr int kDiverged = 3, kInterrupted = 130;

/// Processes that go on without the window. QProcess ends what it runs when it is destroyed, so these are
/// kept until the program ends, which does not destroy them.
std::vector<QProcess*>& letGone() {
    static std::vector<QProcess*> all;
    return all;
}

QString lastLine(QByteArray text) {
    text = text.trimmed();
    QString line = QString::fromUtf8(text.mid(text.lastIndexOf('\n') + 1)).simplified();
    static const QString own = QStringLiteral("descent: ");
    return line.startsWith(own) ? line.mid(own.size()) : line;
}

} // namespace

struct SweepRunner::Child {
    QString id, name;
    int jobs = 0;
    Progress progress;
    QProcess* process = nullptr; ///< owned, until it is let go
    QTemporaryFile out, err;     ///< what it says; their names go with this
    QByteArray rest;             ///< of a line that is not whole yet
    QTimer look, patience;

    ~Child() {
        if (process) process->deleteLater();
    }
    /// From here on it ends by itself.
    void letGo() {
        if (!process || process->state() == QProcess::NotRunning) return;
        process->disconnect();
        process->setParent(nullptr);
        letGone().push_back(std::exchange(process, nullptr));
    }
    void interrupt() {
        if (process && process->processId() > 0) ::kill(pid_t(process->processId()), SIGINT);
    }
};

SweepRunner::SweepRunner(std::filesystem::path store, QObject* parent)
    : QObject(parent)
    , store_(std::move(store)) {}

SweepRunner::~SweepRunner() {
    for (auto& [id, child] : children_) child->interrupt(), child->letGo();
}

QString SweepRunner::findProgram() {
    const QDir here(QCoreApplication::applicationDirPath());
    for (const char* place : {"descent", "../bin/descent"}) {
        const QFileInfo found(here.filePath(QString::fromLatin1(place)));
        if (found.isFile() && found.isExecutable()) return found.canonicalFilePath();
    }
    return QStandardPaths::findExecutable(QStringLiteral("descent"));
}

void SweepRunner::start(const QString& id, const QString& name, int jobs) {
    if (trains(id)) return;
    const QString program = program_.isEmpty() ? findProgram() : program_;
    if (program.isEmpty() || !QFileInfo(program).isExecutable()) {
        Q_EMIT failed(id, tr("Sweeps are trained by the program “descent”, which is neither beside this "
                             "one (%1) nor on the PATH: install it there")
                              .arg(QDir::toNativeSeparators(QCoreApplication::applicationDirPath())));
        return;
    }
    auto child = std::make_unique<Child>();
    child->id = id;
    child->name = name;
    child->jobs = jobs;
    child->process = new QProcess(this);
    child->process->setProgram(program);
    children_[id] = std::move(child);
    probe(id);
    Q_EMIT changed();
}

/// Does the program know sweeps? One of an older release beside a newer window does not.
void SweepRunner::probe(const QString& id) {
    Child& child = *children_.at(id);
    child.process->setArguments({QStringLiteral("sweep"), QStringLiteral("--help")});
    connect(child.process, &QProcess::errorOccurred, this, [this, id](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart && trains(id))
            end(id, tr("%1 cannot be started: %2")
                        .arg(children_.at(id)->process->program(), children_.at(id)->process->errorString()));
    });
    connect(child.process, &QProcess::finished, this, [this, id](int code) {
        Child& asked = *children_.at(id);
        const QByteArray help = asked.process->readAllStandardOutput();
        if (asked.progress.stopping) return end(id, {});
        if (code != 0 || !help.contains("--resume") || !help.contains("--progress"))
            return end(id, tr("%1 is too old for this window: it cannot train sweeps. Install the release "
                              "that came with it")
                               .arg(asked.process->program()));
        run(id);
    });
    child.process->start(QIODevice::ReadOnly);
}

void SweepRunner::run(const QString& id) {
    Child& child = *children_.at(id);
    const QString program = child.process->program();
    child.process->disconnect();
    child.process->deleteLater();
    child.process = new QProcess(this);
    if (!child.out.open() || !child.err.open())
        return end(id, tr("No temporary file can be made: %1").arg(child.out.errorString()));
    QStringList words{QStringLiteral("sweep"),
                      QStringLiteral("--resume"),
                      id,
                      QStringLiteral("--progress"),
                      QStringLiteral("json"),
                      QStringLiteral("--store"),
                      QString::fromStdString(store_.string())};
    if (child.jobs > 0) words << QStringLiteral("--jobs") << QString::number(child.jobs);
    child.process->setProgram(program);
    child.process->setArguments(words);
    child.process->setStandardOutputFile(child.out.fileName(), QIODevice::Append);
    child.process->setStandardErrorFile(child.err.fileName(), QIODevice::Append);
    child.process->setStandardInputFile(QProcess::nullDevice());
    // A session of its own: what ends the window, or its terminal, does not end it.
    child.process->setChildProcessModifier([] { ::setsid(); });
    connect(child.process, &QProcess::errorOccurred, this, [this, id](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart && trains(id))
            end(id, tr("%1 cannot be started: %2")
                        .arg(children_.at(id)->process->program(), children_.at(id)->process->errorString()));
    });
    connect(child.process, &QProcess::finished, this, [this, id](int code, QProcess::ExitStatus how) {
        finished(id, code, how != QProcess::NormalExit);
    });
    connect(&child.look, &QTimer::timeout, this, [this, &child] { read(child); });
    child.patience.setSingleShot(true);
    connect(&child.patience, &QTimer::timeout, this, [this, &child] {
        child.progress.slow = true;
        Q_EMIT changed();
    });
    child.look.start(kLookMs);
    child.process->start();
}

void SweepRunner::read(Child& child) {
    child.rest += child.out.readAll();
    const auto whole = child.rest.lastIndexOf('\n') + 1;
    if (whole == 0) return;
    for (const QByteArray& line : child.rest.left(whole).split('\n'))
        if (!line.isEmpty()) take(child, line);
    child.rest.remove(0, whole);
    Q_EMIT changed();
}

/// {"event":"progress","cells":100,"finished":34,"diverged":1,"failed":0,"running":2,"eta_seconds":80.5}
void SweepRunner::take(Child& child, const QByteArray& line) {
    const QJsonObject said = QJsonDocument::fromJson(line).object();
    if (said.isEmpty()) return; // not for us
    const auto number = [&](const char* key, std::int64_t otherwise) {
        const auto value = said.value(QLatin1String(key));
        return value.isDouble() ? std::int64_t(value.toDouble()) : otherwise;
    };
    Progress& p = child.progress;
    p.cells = number("cells", p.cells);
    p.running = number("running", p.running);
    if (said.contains(QLatin1String("finished"))) p.over = number("finished", 0) + number("diverged", 0);
    if (const auto share = said.value(QLatin1String("share")); share.isDouble()) p.share = share.toDouble();
    const auto eta = said.value(QLatin1String("eta_seconds"));
    if (eta.isDouble()) p.eta_seconds = eta.toDouble();
    if (eta.isNull() && said.contains(QLatin1String("eta_seconds"))) p.eta_seconds.reset();
    if (said.contains(QLatin1String("doing"))) p.doing = said.value(QLatin1String("doing")).toString();
}

void SweepRunner::finished(const QString& id, int code, bool crashed) {
    Child& child = *children_.at(id);
    read(child);
    const bool killed = child.progress.stopping;
    QFile said(child.err.fileName());
    const QString last = said.open(QIODevice::ReadOnly) ? lastLine(said.readAll()) : QString();
    const QString name = child.name;
    if (crashed && !killed)
        return end(id, last.isEmpty()
                           ? tr("%1: its program ended unexpectedly; resume it").arg(name)
                           : tr("%1: its program ended unexpectedly; its last line: %2").arg(name, last));
    if (code == 0 || code == kDiverged || code == kInterrupted || crashed) {
        children_.erase(id);
        Q_EMIT changed();
        Q_EMIT ended(id, !crashed && code != kInterrupted);
        return;
    }
    end(id, last.isEmpty() ? tr("%1: its program ended with code %2").arg(name).arg(code)
                           : tr("%1: %2").arg(name, last));
}

void SweepRunner::end(const QString& id, const QString& reason) {
    children_.erase(id);
    Q_EMIT changed();
    Q_EMIT ended(id, false);
    if (!reason.isEmpty()) Q_EMIT failed(id, reason);
}

void SweepRunner::stop(const QString& id) {
    if (!trains(id)) return;
    Child& child = *children_.at(id);
    child.progress.stopping = true;
    child.interrupt();
    child.patience.start(patience_ms_);
    Q_EMIT changed();
}

void SweepRunner::kill(const QString& id) {
    if (!trains(id)) return;
    children_.at(id)->progress.stopping = true;
    children_.at(id)->process->kill();
}

void SweepRunner::stopElsewhere(const QString& id, std::int64_t pid) {
    const QFileInfo program(QFile::symLinkTarget(QStringLiteral("/proc/%1/exe").arg(pid)));
    if (program.fileName().startsWith(QStringLiteral("descent")) && ::kill(pid_t(pid), SIGINT) == 0) return;
    Q_EMIT failed(id, tr("Process %1, which trains it, cannot be asked to stop from here").arg(pid));
}

void SweepRunner::letGo() {
    for (auto& [id, child] : children_) child->letGo();
    children_.clear();
    Q_EMIT changed();
}

const SweepRunner::Progress* SweepRunner::progress(const QString& id) const {
    const auto it = children_.find(id);
    return it == children_.end() ? nullptr : &it->second->progress;
}

std::set<std::string> SweepRunner::trained() const {
    std::set<std::string> ids;
    for (const auto& [id, child] : children_) ids.insert(id.toStdString());
    return ids;
}

QStringList SweepRunner::names() const {
    QStringList all;
    for (const auto& [id, child] : children_) all << child->name;
    return all;
}

} // namespace descent::ui
