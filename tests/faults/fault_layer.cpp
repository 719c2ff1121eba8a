// Loaded into a program with LD_PRELOAD: it counts what the program does to the files below one folder and
// lets the n-th call go wrong. Set by the environment:
//
//     DESCENT_FAULT_FOLDER  the folder; nothing outside is touched
//     DESCENT_FAULT_AT      which call, from 1; 0 only counts
//     DESCENT_FAULT_KIND    enospc, eio   the call fails; with a + behind, and all calls after it
//                           short         a write writes half
//                           exit, torn    the process dies before the call, or having written half
//                           power         the power goes: what was not synced has never been written, names
//                                         that their folder was not synced for have never been given
//                           power-some    the same, but names stay and some of the unsynced writes are there
//     DESCENT_FAULT_REPORT  a file for Report below, shared by all processes
//     DESCENT_FAULT_CLOCK   "AFTER SHIFT": when it has been read so often, the wall clock jumps by SHIFT
//     seconds
//
// Calls are those that change files: open (that makes or empties one), write, pwrite, writev, ftruncate,
// fsync, fdatasync, rename, unlink, remove, mkdir.

#include "tests/faults/fault_report.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cinttypes>
#include <climits>
#include <csignal>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

namespace {

using descent::faults::kDied;
using descent::faults::Report;

/// A file or folder, whatever it is called.
struct Object {
    struct Pending { // not synced yet
        bool truncate = false;
        off_t at = 0;
        std::string data;
    };
    bool folder = false;
    std::string durable;
    std::vector<Pending> pending;
};
using Names = std::map<std::string, std::shared_ptr<Object>>;
struct Handle {
    std::string path;
    std::shared_ptr<Object> object;
};

struct Layer {
    std::recursive_mutex mutex;
    std::string folder, kind;
    bool following = false, keeps_shadow = false;
    std::int64_t at = 0;
    Report own, *report = &own;
    std::map<int, Handle> open;
    Names names, durable_names;
    std::int64_t clock_after = 0, clock_shift = 0;
    std::atomic<std::int64_t> clock_readings{0};
};

const char* setting(const char* name) {
    const char* value = std::getenv(name);
    return value ? value : "";
}

Layer& layer() {
    static Layer* const only = [] {
        auto* made = new Layer; // lives until the process is gone
        made->folder = setting("DESCENT_FAULT_FOLDER");
        made->kind = setting("DESCENT_FAULT_KIND");
        if (made->kind.ends_with('+')) {
            made->following = true;
            made->kind.pop_back();
        }
        made->keeps_shadow = made->kind.starts_with("power");
        made->at = std::atoll(setting("DESCENT_FAULT_AT"));
        const int file = static_cast<int>(
            syscall(SYS_openat, AT_FDCWD, setting("DESCENT_FAULT_REPORT"), O_RDWR | O_CLOEXEC, 0));
        if (file >= 0) {
            void* shared = mmap(nullptr, sizeof(Report), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
            if (shared != MAP_FAILED) made->report = static_cast<Report*>(shared);
            syscall(SYS_close, file);
        }
        std::sscanf(setting("DESCENT_FAULT_CLOCK"), "%" SCNd64 " %" SCNd64, &made->clock_after,
                    &made->clock_shift);
        return made;
    }();
    return *only;
}

std::string absolute(int folder, const char* path) {
    if (path[0] == '/') return path;
    char base[PATH_MAX];
    if (folder == AT_FDCWD) {
        if (syscall(SYS_getcwd, base, sizeof base) < 0) return path;
    } else {
        char link[64];
        std::snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
        const auto size = syscall(SYS_readlink, link, base, sizeof base - 1);
        if (size < 0) return path;
        base[size] = 0;
    }
    return std::string(base) + "/" + path;
}

bool watched(const std::string& path) {
    const auto& folder = layer().folder;
    return !folder.empty() && path.starts_with(folder) &&
           (path.size() == folder.size() || path[folder.size()] == '/');
}

std::string parent(const std::string& path) {
    return path.substr(0, path.rfind('/'));
}

std::string content_of(const std::string& path) {
    std::string content;
    const int file = static_cast<int>(syscall(SYS_openat, AT_FDCWD, path.c_str(), O_RDONLY | O_CLOEXEC, 0));
    if (file < 0) return content;
    char piece[65536];
    for (long got; (got = syscall(SYS_read, file, piece, sizeof piece)) > 0;)
        content.append(piece, static_cast<std::size_t>(got));
    syscall(SYS_close,
            file); // takes no locks away: SQLite's are this process's only in the power modes' shadow
    return content;
}

bool exists(const std::string& path) {
    return syscall(SYS_faccessat, AT_FDCWD, path.c_str(), F_OK) == 0;
}

/// What is there when it is first seen has been there for long.
std::shared_ptr<Object> object_at(const std::string& path, bool folder) {
    auto& all = layer();
    if (const auto known = all.names.find(path); known != all.names.end()) return known->second;
    auto object = std::make_shared<Object>();
    object->folder = folder;
    if (exists(path)) {
        if (!folder) object->durable = content_of(path);
        all.durable_names[path] = object;
    }
    return all.names[path] = object;
}

void write_whole(const std::string& path, const std::string& content) {
    const int file = static_cast<int>(
        syscall(SYS_openat, AT_FDCWD, path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    for (std::size_t at = 0; file >= 0 && at < content.size();) {
        const long wrote = syscall(SYS_write, file, content.data() + at, content.size() - at);
        if (wrote <= 0) break;
        at += static_cast<std::size_t>(wrote);
    }
}

std::string some_of(const Object& object, std::mt19937_64& random) {
    std::string content = object.durable;
    for (const auto& change : object.pending) {
        if (random() % 2) continue;
        const auto at = static_cast<std::size_t>(change.at);
        if (change.truncate) {
            content.resize(at);
        } else {
            content.resize(std::max(content.size(), at + change.data.size()));
            content.replace(at, change.data.size(), change.data);
        }
    }
    return content;
}

/// Leaves the folder as it is after a power cut.
void cut_power() {
    // Files become shorter under threads that have them mapped, as SQLite has its index: these stand still,
    // too.
    std::signal(SIGBUS, [](int) {
        for (;;) pause();
    });
    auto& all = layer();
    std::mt19937_64 random(static_cast<std::uint64_t>(all.at));
    const bool some = all.kind == "power-some";
    const auto& kept = some ? all.names : all.durable_names;
    const auto lost = [&](std::string path) { // with a folder goes what is in it
        for (; watched(path); path = parent(path))
            if (all.names.contains(path) && !kept.contains(path)) return true;
        return false;
    };
    for (const auto& [path, object] : kept) {
        if (object->folder || lost(path)) continue;
        write_whole(path, some ? some_of(*object, random) : object->durable);
    }
    std::vector<std::string> gone; // deepest first
    for (const auto& [path, object] : all.names)
        if (lost(path)) gone.insert(gone.begin(), path);
    for (const auto& path : gone)
        if (syscall(SYS_unlinkat, AT_FDCWD, path.c_str(), 0) != 0)
            syscall(SYS_unlinkat, AT_FDCWD, path.c_str(), AT_REMOVEDIR);
}

enum class Verdict { pass, fail, half };

[[noreturn]] void die() {
    syscall(SYS_exit_group, kDied);
    __builtin_unreachable();
}

/// Counts a call and says how it goes. errno is set for a failure.
Verdict judge(const char* call, const std::string& path, bool writes = false) {
    auto& all = layer();
    const auto number = __atomic_add_fetch(&all.report->calls, 1, __ATOMIC_RELAXED);
    if (all.at == 0 || number < all.at || (number > all.at && !all.following)) return Verdict::pass;
    if (number == all.at) {
        std::snprintf(all.report->what, sizeof all.report->what, "%s %s", call,
                      path.substr(all.folder.size()).c_str());
        __atomic_store_n(&all.report->fired, 1, __ATOMIC_RELEASE);
    }
    if (all.kind == "exit") die();
    if (all.keeps_shadow) {
        cut_power();
        die();
    }
    if (all.kind == "short" || all.kind == "torn") return writes ? Verdict::half : Verdict::pass;
    errno = all.kind == "enospc" ? ENOSPC : EIO;
    return Verdict::fail;
}

void forget_pending(const Handle& handle) {
    auto& all = layer();
    if (!handle.object->folder) {
        handle.object->durable = content_of(handle.path);
        handle.object->pending.clear();
        return;
    }
    for (const auto& [path, object] : all.names)
        if (parent(path) == handle.path) all.durable_names[path] = object;
    std::erase_if(all.durable_names, [&](const auto& entry) {
        return parent(entry.first) == handle.path && !all.names.contains(entry.first);
    });
}

int open_file(int folder, const char* name, int flags, mode_t mode) {
    const std::string path = absolute(folder, name);
    if (!watched(path)) return static_cast<int>(syscall(SYS_openat, folder, name, flags, mode));
    auto& all = layer();
    const std::lock_guard lock(all.mutex);
    const bool makes = (flags & O_CREAT) && !exists(path);
    const bool empties = (flags & O_TRUNC) && (flags & O_ACCMODE) != O_RDONLY;
    struct stat status {};
    const bool is_folder = stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
    if (all.keeps_shadow && (makes || exists(path))) object_at(path, is_folder);
    if ((makes || empties) && judge("open", path) == Verdict::fail) return -1;
    const int file = static_cast<int>(syscall(SYS_openat, folder, name, flags, mode));
    if (file < 0) {
        if (makes) all.names.erase(path);
        return file;
    }
    all.open[file] = {path, all.keeps_shadow ? object_at(path, is_folder) : nullptr};
    if (all.keeps_shadow && empties) all.open[file].object->pending.push_back({true, 0, ""});
    return file;
}

Handle* handle_of(int file) {
    auto& all = layer();
    if (all.folder.empty()) return nullptr;
    const auto found = all.open.find(file);
    return found == all.open.end() ? nullptr : &found->second;
}

template<class Write>
ssize_t write_to(const char* call, int file, const void* data, std::size_t size, off_t at, Write&& write) {
    auto& all = layer();
    const std::lock_guard lock(all.mutex);
    Handle* handle = handle_of(file);
    if (!handle) return write(size);
    const auto verdict = judge(call, handle->path, true);
    if (verdict == Verdict::fail) return -1;
    if (verdict == Verdict::half) size = std::max<std::size_t>(1, size / 2);
    if (at < 0) at = static_cast<off_t>(syscall(SYS_lseek, file, 0, SEEK_CUR));
    const ssize_t wrote = write(size);
    if (verdict == Verdict::half && all.kind == "torn") die();
    if (wrote > 0 && handle->object)
        handle->object->pending.push_back(
            {false, at, std::string(static_cast<const char*>(data), static_cast<std::size_t>(wrote))});
    return wrote;
}

template<class Call>
int on_file(const char* call, int file, Call&& perform) {
    auto& all = layer();
    const std::lock_guard lock(all.mutex);
    Handle* handle = handle_of(file);
    if (handle && judge(call, handle->path) == Verdict::fail) return -1;
    const int result = perform();
    if (handle && handle->object && result == 0) {
        if (std::strcmp(call, "ftruncate") == 0) {
            struct stat status {};
            fstat(file, &status);
            handle->object->pending.push_back({true, status.st_size, ""});
        } else {
            forget_pending(*handle);
        }
    }
    return result;
}

int remove_name(const char* call, const char* name, int flags) {
    const std::string path = absolute(AT_FDCWD, name);
    auto& all = layer();
    const std::lock_guard lock(all.mutex);
    if (watched(path) && exists(path)) {
        if (all.keeps_shadow) object_at(path, flags == AT_REMOVEDIR);
        if (judge(call, path) == Verdict::fail) return -1;
    }
    const int result = static_cast<int>(syscall(SYS_unlinkat, AT_FDCWD, name, flags));
    if (result == 0) all.names.erase(path);
    return result;
}

} // namespace

#define EXPORTED extern "C" __attribute__((visibility("default")))

EXPORTED int open(const char* path, int flags, ...) {
    va_list more;
    va_start(more, flags);
    const auto mode = static_cast<mode_t>(va_arg(more, unsigned));
    va_end(more);
    return open_file(AT_FDCWD, path, flags, mode);
}
EXPORTED int open64(const char* path, int flags, ...) {
    va_list more;
    va_start(more, flags);
    const auto mode = static_cast<mode_t>(va_arg(more, unsigned));
    va_end(more);
    return open_file(AT_FDCWD, path, flags, mode);
}
EXPORTED int openat(int folder, const char* path, int flags, ...) {
    va_list more;
    va_start(more, flags);
    const auto mode = static_cast<mode_t>(va_arg(more, unsigned));
    va_end(more);
    return open_file(folder, path, flags, mode);
}
EXPORTED int openat64(int folder, const char* path, int flags, ...) {
    va_list more;
    va_start(more, flags);
    const auto mode = static_cast<mode_t>(va_arg(more, unsigned));
    va_end(more);
    return open_file(folder, path, flags, mode);
}
EXPORTED int close(int file) {
    {
        auto& all = layer();
        const std::lock_guard lock(all.mutex);
        all.open.erase(file);
    }
    return static_cast<int>(syscall(SYS_close, file));
}
EXPORTED ssize_t write(int file, const void* data, std::size_t size) {
    return write_to("write", file, data, size, -1,
                    [&](std::size_t some) { return syscall(SYS_write, file, data, some); });
}
EXPORTED ssize_t pwrite(int file, const void* data, std::size_t size, off_t at) {
    return write_to("pwrite", file, data, size, at,
                    [&](std::size_t some) { return syscall(SYS_pwrite64, file, data, some, at); });
}
EXPORTED ssize_t pwrite64(int file, const void* data, std::size_t size, off_t at) {
    return pwrite(file, data, size, at);
}
EXPORTED ssize_t writev(int file, const iovec* pieces, int count) {
    std::string whole;
    {
        const std::lock_guard lock(layer().mutex);
        if (!handle_of(file)) return syscall(SYS_writev, file, pieces, count);
    }
    for (int i = 0; i < count; ++i) whole.append(static_cast<char*>(pieces[i].iov_base), pieces[i].iov_len);
    return write_to("writev", file, whole.data(), whole.size(), -1,
                    [&](std::size_t some) { return syscall(SYS_write, file, whole.data(), some); });
}
EXPORTED int ftruncate(int file, off_t size) noexcept {
    return on_file("ftruncate", file, [&] { return static_cast<int>(syscall(SYS_ftruncate, file, size)); });
}
EXPORTED int ftruncate64(int file, off_t size) noexcept {
    return ftruncate(file, size);
}
EXPORTED int fsync(int file) {
    return on_file("fsync", file, [&] { return static_cast<int>(syscall(SYS_fsync, file)); });
}
EXPORTED int fdatasync(int file) {
    return on_file("fdatasync", file, [&] { return static_cast<int>(syscall(SYS_fdatasync, file)); });
}
EXPORTED int unlink(const char* path) noexcept {
    return remove_name("unlink", path, 0);
}
EXPORTED int rmdir(const char* path) noexcept {
    return remove_name("rmdir", path, AT_REMOVEDIR);
}
EXPORTED int remove(const char* path) noexcept {
    struct stat status {};
    const bool folder = lstat(path, &status) == 0 && S_ISDIR(status.st_mode);
    return remove_name("remove", path, folder ? AT_REMOVEDIR : 0);
}
EXPORTED int rename(const char* from, const char* to) noexcept {
    const std::string old_path = absolute(AT_FDCWD, from), new_path = absolute(AT_FDCWD, to);
    auto& all = layer();
    const std::lock_guard lock(all.mutex);
    const bool here = watched(new_path);
    if (here && all.keeps_shadow) {
        object_at(old_path, false);
        if (exists(new_path)) object_at(new_path, false);
    }
    if (here && judge("rename", new_path) == Verdict::fail) return -1;
    const int result = static_cast<int>(syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0));
    if (here && all.keeps_shadow && result == 0) {
        all.names[new_path] = all.names[old_path];
        all.names.erase(old_path);
        for (auto& [file, handle] : all.open)
            if (handle.path == old_path) handle.path = new_path;
    }
    return result;
}
EXPORTED int mkdir(const char* name, mode_t mode) noexcept {
    const std::string path = absolute(AT_FDCWD, name);
    auto& all = layer();
    const std::lock_guard lock(all.mutex);
    const bool makes = watched(path) && !exists(path);
    if (makes && judge("mkdir", path) == Verdict::fail) return -1;
    if (makes && all.keeps_shadow) object_at(path, true); // before it is there: not durable
    return static_cast<int>(syscall(SYS_mkdirat, AT_FDCWD, name, mode));
}
EXPORTED int clock_gettime(clockid_t clock, timespec* now) noexcept {
    const int result = static_cast<int>(syscall(SYS_clock_gettime, clock, now));
    auto& all = layer();
    if (clock != CLOCK_REALTIME || all.clock_shift == 0) return result;
    if (all.clock_readings++ >= all.clock_after) now->tv_sec += static_cast<time_t>(all.clock_shift);
    return result;
}
