#include "core/models/bert_folder.h"

#include "core/base/format.h"
#include "core/base/hash.h"
#include "core/base/json_text.h"
#include "core/base/mapped_file.h"
#include "core/store/checkpoint_file.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <set>

namespace descent {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLargestConfig = 1 << 20; // bytes
constexpr std::string_view kParts = "config.json, vocab.txt and model.safetensors";

/// What config.json calls a nonlinearity, and what it is called here.
constexpr std::array kActivations{std::pair{"gelu", "gelu"}, std::pair{"relu", "relu"},
                                  std::pair{"silu", "silu"}, std::pair{"swish", "silu"},
                                  std::pair{"tanh", "tanh"}};

/// A JSON file, a value at a time.
class Settings {
public:
    explicit Settings(const fs::path& file) : file_(file) {
        const MappedFile mapped(file, "a JSON file");
        if (mapped.bytes().size() <= kLargestConfig) json_ = foreign_json(mapped.bytes());
        if (!json_.is_object()) throw InputError(file.string() + ": expected a JSON object of up to 1 MiB");
    }

    std::int64_t whole(const char* name, std::int64_t most,
                       std::optional<std::int64_t> otherwise = {}) const {
        const auto at = json_.find(name);
        if (at == json_.end() && otherwise) return *otherwise;
        const bool fits = at != json_.end() && at->is_number_unsigned() && at->get<std::uint64_t>() >= 1 &&
                          at->get<std::uint64_t>() <= static_cast<std::uint64_t>(most);
        if (!fits) refuse(name, "a whole number from 1 to " + format_count(most));
        return at->get<std::int64_t>();
    }
    double above_zero(const char* name, double otherwise) const {
        const auto at = json_.find(name);
        if (at == json_.end()) return otherwise;
        if (!at->is_number() || !(at->get<double>() > 0) || !(at->get<double>() < 1))
            refuse(name, "a number between 0 and 1");
        return at->get<double>();
    }
    std::string text(const char* name, const std::string& otherwise) const {
        const auto at = json_.find(name);
        if (at == json_.end()) return otherwise;
        if (!at->is_string()) refuse(name, "a text such as \"" + otherwise + "\"");
        return at->get<std::string>();
    }
    std::optional<bool> flag(const char* name) const {
        const auto at = json_.find(name);
        if (at == json_.end()) return std::nullopt;
        if (!at->is_boolean()) refuse(name, "true or false");
        return at->get<bool>();
    }
    [[noreturn]] void refuse(const char* name, const std::string& expected) const {
        constexpr std::size_t kShown = 40;
        const auto at = json_.find(name);
        auto found = at == json_.end() ? std::string("missing")
                                       : at->dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
        if (found.size() > kShown) found = found.substr(0, kShown) + "…";
        throw InputError(file_.string() + ": " + name + " is " + found + "; expected " + expected);
    }

private:
    fs::path file_;
    nlohmann::json json_;
};

std::string shape_text(const std::vector<std::int64_t>& shape) {
    std::string text;
    for (const auto extent : shape) text += (text.empty() ? "" : " × ") + std::to_string(extent);
    return "[" + text + "]";
}

BertConfig read_config(const Settings& settings) {
    if (settings.text("model_type", "bert") != "bert") settings.refuse("model_type", "\"bert\"");
    if (settings.text("position_embedding_type", "absolute") != "absolute")
        settings.refuse("position_embedding_type", "\"absolute\"");
    BertConfig config;
    config.pieces = settings.whole("vocab_size", 10'000'000);
    config.layers = settings.whole("num_hidden_layers", 1'000);
    config.hidden = settings.whole("hidden_size", 65'536);
    config.heads = settings.whole("num_attention_heads", 65'536);
    config.intermediate = settings.whole("intermediate_size", 1'000'000);
    config.positions = settings.whole("max_position_embeddings", 1'000'000);
    config.types = settings.whole("type_vocab_size", 1'000, 2);
    config.eps = settings.above_zero("layer_norm_eps", 1e-12);
    if (config.hidden % config.heads != 0)
        settings.refuse("hidden_size", "a multiple of num_attention_heads, " + std::to_string(config.heads));
    const auto name = settings.text("hidden_act", "gelu");
    const auto known = std::ranges::find(kActivations, name, [](const auto& pair) { return pair.first; });
    if (known == kActivations.end()) settings.refuse("hidden_act", "gelu, relu, silu or tanh");
    config.activation = &nonlinearity(known->second);
    return config;
}

std::optional<at::ScalarType> type_named(std::string_view name) {
    if (name == "F32") return at::kFloat;
    if (name == "F64") return at::kDouble;
    if (name == "F16") return at::kHalf;
    if (name == "BF16") return at::kBFloat16;
    return std::nullopt;
}

/// The names that a weight is published under, the usual one first.
std::vector<std::string> published_names(const std::string& name) {
    std::vector<std::string> all{"bert." + name, name};
    const auto at = name.find(".LayerNorm.");
    if (at == std::string::npos) return all;
    const auto old = name.substr(0, at) + ".LayerNorm." + (name.ends_with("weight") ? "gamma" : "beta");
    all.insert(all.end(), {"bert." + old, old});
    return all;
}

} // namespace

bool is_lower_case(const WordPiece& pieces) {
    return std::ranges::none_of(pieces.pieces(), [](const std::string& piece) {
        if (piece.starts_with('[') && piece.ends_with(']')) return false;
        return std::ranges::any_of(piece, [](char c) { return c >= 'A' && c <= 'Z'; });
    });
}

BertFolder::BertFolder(const fs::path& folder) : folder_(folder), file_(folder / "model.safetensors") {
    std::error_code error;
    if (!fs::is_directory(folder, error))
        throw InputError("model.folder = " + folder.string() + ": no such folder; expected one with " +
                         std::string(kParts));
    for (const char* part : {"config.json", "vocab.txt", "model.safetensors"})
        if (!fs::is_regular_file(folder / part, error))
            throw InputError("model.folder = " + folder.string() + ": no " + part + " in it; expected " +
                             std::string(kParts));
    const auto config_file = folder / "config.json", vocabulary = folder / "vocab.txt",
               tokenizer_file = folder / "tokenizer_config.json";
    config_ = read_config(Settings(config_file));
    pieces_ = std::make_unique<const WordPiece>(vocabulary, true);
    if (const auto count = std::ssize(pieces_->pieces()); count != config_.pieces)
        throw InputError(vocabulary.string() + ": " + format_count(count) + " pieces; expected " +
                         format_count(config_.pieces) + ", the vocab_size of config.json");
    lower_ = is_lower_case(*pieces_);
    if (fs::is_regular_file(tokenizer_file, error))
        lower_ = Settings(tokenizer_file).flag("do_lower_case").value_or(lower_);
    if (!lower_) pieces_ = std::make_unique<const WordPiece>(pieces_->pieces(), false);
    tensors_ = std::make_shared<const MappedTensors>(file_);

    Sha256 hash;
    for (const auto& file : {config_file, vocabulary}) {
        hash.add(sha256_hex(MappedFile(file, std::string(kParts)).bytes()));
        hash.add("\n");
    }
    hash.add(lower_ ? "lower\n" : "cased\n");
    hash.add(tensors_->bytes());
    source_.hash = hash.hex();
}

Tensor BertFolder::read(const std::string& name, const std::string& found,
                        const std::vector<std::int64_t>& shape) const {
    const auto where = file_.string() + ": tensor '" + found + "' is ";
    const auto& entry = *tensors_->find(found);
    const auto type = type_named(entry.dtype);
    if (!type) throw InputError(where + "of type " + entry.dtype + "; expected F32, F64, F16 or BF16");
    if (entry.shape != shape)
        throw InputError(where + shape_text(entry.shape) + "; expected " + shape_text(shape) +
                         " by config.json");
    // Without a copy where the file has numbers as they are needed; autograd never sees this tensor.
    auto* data = const_cast<std::byte*>(entry.data.data());
    const auto aligned = reinterpret_cast<std::uintptr_t>(data) % sizeof(float) == 0;
    Tensor values;
    if (*type == at::kFloat && aligned) {
        values = at::from_blob(
            data, shape, [keep = tensors_](void*) {}, at::TensorOptions(at::kFloat));
    } else {
        values = at::empty(shape, *type);
        std::memcpy(values.data_ptr(), data, entry.data.size());
        if (*type != at::kDouble) values = values.to(at::kFloat);
    }
    if (!values.isfinite().all().item<bool>())
        throw InputError(file_.string() + ": tensor '" + found + "' (" + name +
                         ") holds numbers that are not finite");
    return values;
}

void BertFolder::fill(std::vector<WeightSpec>& specs) {
    std::set<std::string> used;
    bool pooler = true;
    const auto published = [&](const std::string& name) -> const MappedTensors::Entry* {
        for (const auto& candidate : published_names(name))
            if (const auto* entry = tensors_->find(candidate)) return entry;
        return nullptr;
    };
    const bool has_pooler = published("pooler.dense.weight") || published("pooler.dense.bias");
    for (auto& spec : specs) {
        if (spec.name.starts_with("classifier.")) continue;
        const auto* entry = published(spec.name);
        if (!entry && spec.name.starts_with("pooler.") && !has_pooler) {
            pooler = false;
            continue;
        }
        if (!entry)
            throw InputError(file_.string() + ": no tensor '" + spec.name +
                             "' in it, with or without 'bert.'; "
                             "expected one of " +
                             shape_text(spec.shape) + " by config.json");
        spec.trained = read(spec.name, entry->name, spec.shape);
        used.insert(entry->name);
    }
    std::int64_t left = 0;
    std::string example;
    for (const auto& entry : tensors_->entries()) {
        if (used.contains(entry.name)) continue;
        if (left++ == 0) example = entry.name;
    }
    source_.line = "weights of " + folder_.string() + " (SHA-256 of its files " + source_.hash.substr(0, 16) +
                   "…): " + format_count(config_.layers) + " layers of " + format_count(config_.hidden) +
                   " units, " + format_count(config_.pieces) +
                   (lower_ ? " pieces in lower case" : " pieces") + "; " +
                   (pooler ? "the classifier is" : "it has no pooler: pooler and classifier are") + " drawn";
    if (left > 0)
        source_.line += "; " + format_count(left) + (left == 1 ? " tensor" : " tensors") +
                        " not used, such as '" + example + "'";
}

} // namespace descent
