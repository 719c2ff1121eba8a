#include "core/engine/engine.h"

#include <dlfcn.h>

#include <filesystem>
#include <mutex>

namespace descent {

namespace {

std::filesystem::path own_folder() {
    Dl_info info{};
    if (dladdr(reinterpret_cast<const void*>(&load_engine), &info) == 0) return {};
    return std::filesystem::path(info.dli_fname).parent_path();
}

Result<Engine*> open_library() {
    const auto file = own_folder() / "libdescent_engine.so";
    // RTLD_NOW: a torch that does not fit is found here, not in the middle of a run.
    void* library = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        const char* why = dlerror();
        return fail("the training engine could not be loaded: " + std::string(why ? why : file.string()),
                    Error::Kind::internal);
    }
    using Entry = Engine* (*)(const char* version);
    auto entry = reinterpret_cast<Entry>(dlsym(library, "descent_engine"));
    Engine* engine = entry ? entry(DESCENT_VERSION) : nullptr;
    if (!engine)
        return fail("the training engine " + file.string() +
                        " is not of this program's version " DESCENT_VERSION,
                    Error::Kind::internal);
    return engine;
}

} // namespace

Result<Engine*> load_engine() {
    static std::mutex mutex;
    static std::optional<Result<Engine*>> loaded; // guarded by mutex
    const std::lock_guard lock(mutex);
    if (!loaded) loaded = open_library();
    return *loaded;
}

} // namespace descent
