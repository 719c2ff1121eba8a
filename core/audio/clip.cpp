#include "core/audio/clip.h"

#include "core/audio/replace_file.h"
#include "core/base/result.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <memory>
#include <optional>

#include <samplerate.h>
#include <sndfile.h>

namespace descent {
namespace {

[[noreturn]] void refuse(const std::string& name, const std::string& reason) {
    throw InputError(name + ": " + reason);
}

std::string seconds(double value) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.2f s", value);
    return text.data();
}

[[noreturn]] void ends_early(const std::string& name, double stated, double there) {
    refuse(name, "ends early: its header states " + seconds(stated) + ", " + seconds(there) + " are there");
}

/// The bytes as libsndfile reads files.
struct Memory {
    std::string_view bytes;
    sf_count_t at = 0;

    static Memory& of(void* user) { return *static_cast<Memory*>(user); }
    sf_count_t size() const { return static_cast<sf_count_t>(bytes.size()); }
    static SF_VIRTUAL_IO functions() {
        SF_VIRTUAL_IO io{};
        io.get_filelen = [](void* user) { return of(user).size(); };
        io.tell = [](void* user) { return of(user).at; };
        io.write = [](const void*, sf_count_t, void*) { return sf_count_t{0}; };
        io.seek = [](sf_count_t offset, int whence, void* user) {
            Memory& m = of(user);
            const sf_count_t from = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? m.at : m.size();
            return m.at = std::clamp(from + offset, sf_count_t{0}, m.size());
        };
        io.read = [](void* to, sf_count_t count, void* user) {
            Memory& m = of(user);
            count = std::clamp(count, sf_count_t{0}, m.size() - m.at);
            std::memcpy(to, m.bytes.data() + m.at, static_cast<std::size_t>(count));
            m.at += count;
            return count;
        };
        return io;
    }
};

/// What a WAV header states of its samples' size. libsndfile takes what is there for the whole, in silence.
struct StatedSize {
    std::uint64_t stated = 0, there = 0, bytes_per_second = 0;
};

std::optional<StatedSize> wav_size(std::string_view bytes) {
    const bool big = bytes.starts_with("RIFX");
    if (!(big || bytes.starts_with("RIFF")) || bytes.size() < 12 || bytes.substr(8, 4) != "WAVE")
        return std::nullopt;
    const auto number = [&](std::uint64_t at) {
        std::uint32_t value = 0;
        for (std::uint64_t i = 0; i < 4; ++i)
            value = value << 8 | static_cast<unsigned char>(bytes[at + (big ? i : 3 - i)]);
        return value;
    };
    StatedSize result;
    for (std::uint64_t at = 12; at + 8 <= bytes.size();) {
        const auto id = bytes.substr(at, 4);
        const std::uint64_t size = number(at + 4);
        at += 8;
        if (id == "fmt " && at + 12 <= bytes.size()) result.bytes_per_second = number(at + 8);
        if (id == "data") {
            result.stated = size;
            result.there = bytes.size() - at;
            // Programs that write to a pipe cannot know the size: 0, all ones or just below 2^31.
            const bool unknown = size == 0 || size == 0xFFFFFFFF || (size >> 16) == 0x7FFF;
            return unknown ? std::nullopt : std::optional(result);
        }
        at += size + size % 2;
    }
    return std::nullopt;
}

std::vector<float> resample(const std::vector<float>& samples, int rate, const std::string& name) {
    const double ratio = static_cast<double>(kSampleRate) / rate;
    std::vector<float> out(
        static_cast<std::size_t>(std::llround(static_cast<double>(samples.size()) * ratio)));
    SRC_DATA data{};
    data.data_in = samples.data();
    data.input_frames = static_cast<long>(samples.size());
    data.data_out = out.data();
    data.output_frames = static_cast<long>(out.size());
    data.src_ratio = ratio;
    if (const int error = src_simple(&data, SRC_SINC_BEST_QUALITY, 1); error != 0)
        refuse(name, "cannot be resampled: " + std::string(src_strerror(error)));
    return out; // what the filter did not reach at the end stays silence
}

} // namespace

std::vector<float> decode_clip(std::string_view bytes, const std::string& name) {
    constexpr int kLowest = 1'000, kHighest = 1'000'000;
    constexpr float kLoudest = 8;
    if (bytes.empty()) refuse(name, "holds no samples");
    Memory memory{bytes};
    SF_VIRTUAL_IO io = Memory::functions();
    SF_INFO info{};
    const std::unique_ptr<SNDFILE, decltype(&sf_close)> file(sf_open_virtual(&io, SFM_READ, &info, &memory),
                                                             &sf_close);
    if (!file || info.channels < 1)
        refuse(name, "not a sound file that can be read (expected WAV, FLAC or OGG)");
    if (info.samplerate < kLowest || info.samplerate > kHighest)
        refuse(name, "its header states a rate of " + std::to_string(info.samplerate) +
                         " Hz; expected 1000 to 1000000 Hz");
    if (const auto size = wav_size(bytes); size && size->stated > size->there) {
        const auto rate = static_cast<double>(std::max<std::uint64_t>(size->bytes_per_second, 1));
        ends_early(name, static_cast<double>(size->stated) / rate, static_cast<double>(size->there) / rate);
    }

    // In blocks: the stated number of frames is not to be trusted with an allocation.
    constexpr sf_count_t kBlock = 4096, kMostAtOnce = 1 << 20;
    const auto channels = static_cast<std::size_t>(info.channels);
    std::vector<float> samples, block(kBlock * channels);
    samples.reserve(static_cast<std::size_t>(std::clamp(info.frames, sf_count_t{0}, kMostAtOnce)));
    for (;;) {
        const sf_count_t got = sf_readf_float(file.get(), block.data(), kBlock);
        if (got <= 0) break;
        for (std::size_t i = 0; i < static_cast<std::size_t>(got); ++i) {
            double sum = 0;
            for (std::size_t c = 0; c < channels; ++c) sum += static_cast<double>(block[i * channels + c]);
            const auto mean = static_cast<float>(sum / static_cast<double>(channels));
            if (!std::isfinite(mean))
                refuse(name, "sample " + std::to_string(samples.size()) + " is not a finite number");
            if (std::abs(mean) > kLoudest)
                refuse(name, "sample " + std::to_string(samples.size()) +
                                 " is far beyond ±1: expected samples in ±1");
            samples.push_back(mean);
        }
    }
    constexpr sf_count_t kUnknown = sf_count_t{1} << 40; // a stream that does not state its length
    if (info.frames < kUnknown && static_cast<sf_count_t>(samples.size()) < info.frames)
        ends_early(name, static_cast<double>(info.frames) / info.samplerate,
                   static_cast<double>(samples.size()) / info.samplerate);
    if (samples.empty()) refuse(name, "holds no samples");
    if (info.samplerate != kSampleRate) samples = resample(samples, info.samplerate, name);
    if (samples.empty()) refuse(name, "holds no samples");
    for (float& s : samples) s = std::clamp(s, -1.0F, 1.0F);
    return samples;
}

std::string file_bytes(const std::filesystem::path& file) {
    std::error_code error;
    if (std::filesystem::is_directory(file, error))
        refuse(file.string(), "is a folder; expected a sound file");
    errno = 0;
    std::ifstream in(file, std::ios::binary);
    std::string bytes;
    // One byte more than there should be, so that one read meets the end; what does not state its length, or
    // grows meanwhile, takes more of them.
    const auto stated = std::filesystem::file_size(file, error);
    for (std::size_t piece = error ? 4096 : stated + 1; in.good(); piece = bytes.size() + 4096) {
        const auto at = bytes.size();
        bytes.resize(at + piece);
        in.read(bytes.data() + at, static_cast<std::streamsize>(piece));
        bytes.resize(at + static_cast<std::size_t>(in.gcount()));
    }
    if (!in.is_open() || in.bad())
        refuse(file.string(), "cannot be read: " + std::generic_category().message(errno != 0 ? errno : EIO));
    return bytes;
}

std::vector<float> read_clip(const std::filesystem::path& file) {
    return decode_clip(file_bytes(file), file.string());
}

void write_clip(const std::filesystem::path& file, std::span<const float> samples) {
    static_assert(std::endian::native == std::endian::little);
    constexpr std::uint32_t kHeader = 44, kBytes = 2;
    if (samples.size() > (0x7FFF0000U - kHeader) / kBytes)
        throw InputError("cannot write '" + file.string() + "': too long for a WAV file");
    const auto size = static_cast<std::uint32_t>(samples.size()) * kBytes;
    std::string bytes;
    bytes.reserve(kHeader + size);
    const auto add = [&bytes](auto value) {
        std::array<char, sizeof value> raw{};
        std::memcpy(raw.data(), &value, sizeof value);
        bytes.append(raw.data(), raw.size());
    };
    bytes += "RIFF";
    add(kHeader - 8 + size);
    bytes += "WAVEfmt ";
    add(std::uint32_t{16});
    add(std::uint16_t{1}); // PCM
    add(std::uint16_t{1}); // channels
    add(std::uint32_t{kSampleRate});
    add(std::uint32_t{kSampleRate} * kBytes);
    add(std::uint16_t{kBytes});
    add(std::uint16_t{8 * kBytes});
    bytes += "data";
    add(size);
    for (const float s : samples) {
        const float scaled = std::round(s * 32768.0F);
        add(static_cast<std::int16_t>(std::isnan(scaled) ? 0.0F : std::clamp(scaled, -32768.0F, 32767.0F)));
    }
    if (const auto error = replace_file(file, bytes))
        throw InputError("cannot write '" + file.string() + "': " + error.message());
}

std::vector<float> fit_length(std::span<const float> samples, std::size_t length) {
    std::vector<float> out(length, 0.0F);
    if (samples.size() <= length) {
        std::ranges::copy(samples, out.begin() + static_cast<std::ptrdiff_t>((length - samples.size()) / 2));
        return out;
    }
    const auto energy = [&](std::size_t i) {
        return static_cast<double>(samples[i]) * static_cast<double>(samples[i]);
    };
    double now = 0;
    for (std::size_t i = 0; i < length; ++i) now += energy(i);
    double most = now;
    std::size_t best = 0;
    for (std::size_t begin = 1; begin + length <= samples.size(); ++begin) {
        now += energy(begin + length - 1) - energy(begin - 1);
        if (now > most) most = now, best = begin;
    }
    std::ranges::copy(samples.subspan(best, length), out.begin());
    return out;
}

} // namespace descent
