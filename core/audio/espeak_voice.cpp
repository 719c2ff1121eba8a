#include "core/audio/espeak_voice.h"

#include "core/base/result.h"

#include <espeak-ng/espeak_ng.h>
#include <espeak-ng/speak_lib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <poll.h>
#include <sstream>
#include <stdexcept>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

namespace descent {

namespace {

// What the child writes before each piece of data: its size in bytes. Text is the reason for its end.
struct Header {
    enum Kind : std::int32_t { sound, refusal } kind = sound;
    std::int32_t bytes = 0;
};

void write_all(int pipe, const void* data, std::size_t size) {
    for (const char* at = static_cast<const char*>(data); size > 0;) {
        const ssize_t written = write(pipe, at, size);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) _exit(1); // nobody listens any more
        at += written;
        size -= static_cast<std::size_t>(written);
    }
}

void send(int pipe, Header::Kind kind, const void* data, std::size_t bytes) {
    const Header header{kind, static_cast<std::int32_t>(bytes)};
    write_all(pipe, &header, sizeof header);
    write_all(pipe, data, bytes);
}

[[noreturn]] void refuse(int pipe, const std::string& why) {
    send(pipe, Header::refusal, why.data(), why.size());
    _exit(0);
}

// Below: the child only. espeak-ng calls back with a plain function, so what it says is collected here.
std::vector<short> spoken;

int collect(short* samples, int count, espeak_EVENT*) {
    if (samples && count > 0) spoken.insert(spoken.end(), samples, samples + count);
    return 0;
}

std::string message_of(espeak_ng_STATUS status) {
    std::array<char, 256> text{};
    espeak_ng_GetStatusCodeMessage(status, text.data(), text.size());
    return text.data();
}

/// The folder of espeak-ng's data.
std::string start_espeak(int pipe) {
    // Its own complaints would come on top of ours.
    if (const int null = open("/dev/null", O_WRONLY | O_CLOEXEC); null >= 0) dup2(null, STDERR_FILENO);
    std::srand(1);
    // It asks for a sound server though it only writes to memory, and PulseAudio would make a folder in HOME.
    setenv("PULSE_RUNTIME_PATH", "/dev/null", 1);
    espeak_ng_InitializePath(nullptr);
    const char* folder = "";
    espeak_Info(&folder);
    if (const auto status = espeak_ng_Initialize(nullptr); status != ENS_OK)
        refuse(pipe, "espeak-ng's voices cannot be read from " + std::string(folder) + " (" +
                         message_of(status) + "); expected the package espeak-ng-data to be installed");
    if (const auto status = espeak_ng_InitializeOutput(ENOUTPUT_MODE_SYNCHRONOUS, 200, nullptr);
        status != ENS_OK)
        refuse(pipe, "espeak-ng does not start: " + message_of(status));
    if (espeak_ng_GetSampleRate() != kEspeakRate) refuse(pipe, "espeak-ng speaks at an unexpected rate");
    espeak_SetSynthCallback(collect);
    return folder;
}

/// The voice file of an accent with our lines after it, so that they win.
void set_voice(int pipe, const std::string& folder, const Utterance& what) {
    const std::string accent = folder + "/lang/gmw/" + what.accent;
    std::ifstream in(accent, std::ios::binary);
    std::ostringstream voice;
    voice << in.rdbuf();
    if (!in) refuse(pipe, accent + ": cannot be read; expected the package espeak-ng-data to be installed");
    voice << "\n" << what.traits;
    const std::string text = voice.str();
    // espeak-ng reads voices from files, by names of at most 59 bytes in lower case.
    const int file = memfd_create("voice", MFD_CLOEXEC);
    if (file < 0) refuse(pipe, std::string("no memory for a voice: ") + std::strerror(errno));
    write_all(file, text.data(), text.size());
    const auto status = espeak_ng_SetVoiceByFile(("/proc/self/fd/" + std::to_string(file)).c_str());
    close(file);
    if (status != ENS_OK)
        refuse(pipe, "espeak-ng refuses the voice " + what.accent + ": " + message_of(status));
}

/// Without what is softer than 1/200 of the peak at either end.
std::span<const short> trimmed(const std::vector<short>& samples) {
    int peak = 0;
    for (const short sample : samples) peak = std::max(peak, std::abs(int{sample}));
    const auto loud = [&](short sample) { return std::abs(int{sample}) * 200 > peak; };
    const auto first = std::ranges::find_if(samples, loud);
    auto last = samples.end();
    while (last != first && !loud(*(last - 1))) --last;
    return {first, last};
}

[[noreturn]] void speak_in_child(int pipe, const std::vector<Utterance>& utterances) {
    const std::string folder = start_espeak(pipe);
    const Utterance* before = nullptr;
    for (const auto& what : utterances) {
        if (!before || before->accent != what.accent || before->traits != what.traits)
            set_voice(pipe, folder, what);
        before = &what;
        const auto longest = static_cast<std::size_t>(what.longest * kEspeakRate);
        std::span<const short> heard;
        for (int rate = what.rate;; rate = std::min(rate * 6 / 5, int{espeakRATE_MAXIMUM})) {
            espeak_SetParameter(espeakRATE, rate, 0);
            espeak_SetParameter(espeakPITCH, what.pitch, 0);
            espeak_SetParameter(espeakRANGE, what.range, 0);
            spoken.clear();
            if (espeak_Synth(what.text.c_str(), what.text.size() + 1, 0, POS_CHARACTER, 0, espeakCHARS_UTF8,
                             nullptr, nullptr) != EE_OK)
                refuse(pipe, "espeak-ng cannot say '" + what.text + "'");
            heard = trimmed(spoken);
            if (longest == 0 || heard.size() <= longest || rate >= espeakRATE_MAXIMUM) break;
        }
        send(pipe, Header::sound, heard.data(), heard.size_bytes());
    }
    _exit(0);
}

/// The parent's end: a child that is ended and waited for, whatever happens.
class Child {
public:
    explicit Child(const std::vector<Utterance>& utterances) {
        std::array<int, 2> ends{};
        if (pipe2(ends.data(), O_CLOEXEC) != 0)
            throw std::runtime_error(std::string("espeak-ng cannot be started: ") + std::strerror(errno));
        process_ = fork();
        if (process_ == 0) {
            close(ends[0]);
            std::signal(SIGPIPE, SIG_IGN);
            speak_in_child(ends[1], utterances);
        }
        close(ends[1]);
        pipe_ = ends[0];
        if (process_ < 0) {
            close(pipe_);
            throw std::runtime_error(std::string("espeak-ng cannot be started: ") + std::strerror(errno));
        }
    }
    ~Child() {
        close(pipe_);
        kill(process_, SIGKILL);
        while (waitpid(process_, nullptr, 0) < 0 && errno == EINTR) {
        }
    }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    /// False where a stop was asked for before all had come.
    bool read_all(void* data, std::size_t size, const std::stop_token& stop) {
        constexpr int kPatience = 100, kGiveUp = 600; // milliseconds a wait, waits in a row
        int waits = 0;
        for (char* at = static_cast<char*>(data); size > 0;) {
            if (stop.stop_requested()) return false;
            pollfd watched{.fd = pipe_, .events = POLLIN, .revents = 0};
            const int ready = poll(&watched, 1, kPatience);
            if (ready == 0 && ++waits >= kGiveUp) throw std::runtime_error("espeak-ng does not answer");
            if (ready <= 0) continue;
            waits = 0;
            const ssize_t got = read(pipe_, at, size);
            if (got < 0 && errno == EINTR) continue;
            if (got <= 0) throw std::runtime_error("espeak-ng ended in the middle of a word");
            at += got;
            size -= static_cast<std::size_t>(got);
        }
        return true;
    }

private:
    pid_t process_ = -1;
    int pipe_ = -1;
};

} // namespace

bool speak(const std::vector<Utterance>& utterances,
           const std::function<void(std::size_t index, std::span<const float> samples)>& heard,
           std::stop_token stop) {
    Child child(utterances);
    std::vector<short> raw;
    std::vector<float> samples;
    for (std::size_t i = 0; i < utterances.size(); ++i) {
        Header header;
        if (!child.read_all(&header, sizeof header, stop)) return false;
        const auto bytes = static_cast<std::size_t>(header.bytes);
        if (header.kind == Header::refusal) {
            std::string why(bytes, ' ');
            if (!child.read_all(why.data(), bytes, stop)) return false;
            throw InputError(why);
        }
        raw.resize(bytes / sizeof(short));
        if (!child.read_all(raw.data(), bytes, stop)) return false;
        samples.resize(raw.size());
        std::ranges::transform(raw, samples.begin(), [](short s) { return static_cast<float>(s) / 32768; });
        heard(i, samples);
    }
    return true;
}

} // namespace descent
