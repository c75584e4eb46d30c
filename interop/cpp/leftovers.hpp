// Leftovers: what must not stay behind when the process ends, such as a socket file.
#pragma once

#include <sys/stat.h>
#include <unistd.h>

#include <functional>
#include <list>
#include <mutex>
#include <optional>
#include <string>

// Owns such a thing and removes it. The watcher may end the process at any moment, and first removes all of them. Between the
// making and the note of it the watcher waits, so nothing is made that nobody knows of.
class Leftover {
public:
    // Runs in the watcher's thread too: it must not throw or allocate.
    using Removal = std::function<void()>;

    // `make` makes the thing, and gives what removes it.
    explicit Leftover(const std::function<Removal()>& make) {
        std::list<Removal> noted(1);  // Whatever can fail does so before the thing is made.
        const std::scoped_lock held{mutex_};
        noted.front() = make();
        removal_ = noted.begin();
        removals_.splice(removals_.end(), noted);
    }

    ~Leftover() {
        const std::scoped_lock held{mutex_};
        (*removal_)();
        removals_.erase(removal_);
    }

    Leftover(const Leftover&) = delete;
    Leftover& operator=(const Leftover&) = delete;

    // Runs a step that the watcher must not cut in two.
    static void undisturbed(const std::function<void()>& step) {
        const std::scoped_lock held{mutex_};
        step();
    }

    // Nothing can be made any more: the process has to end now.
    static void remove_all_for_ever() {
        mutex_.lock();
        for (const Removal& remove : removals_) { remove(); }
    }

private:
    // Never destroyed: when main returns, the watcher still runs.
    static inline std::mutex& mutex_ = *new std::mutex;
    static inline std::list<Removal>& removals_ = *new std::list<Removal>;

    std::list<Removal>::iterator removal_;
};

// Which file it is, whatever its path.
struct Identity {
    dev_t device;
    ino_t number;
    bool operator==(const Identity&) const = default;
};

inline std::optional<Identity> file_at(const std::string& path) {
    struct stat status;
    return ::lstat(path.c_str(), &status) == 0 ? std::optional{Identity{status.st_dev, status.st_ino}} : std::nullopt;
}

// What removes a file that has just been made; only if it is still that one, as another process may have taken the path.
inline Leftover::Removal removal_of(const std::string& path) {
    return [path, made = file_at(path)] {
        if (made && file_at(path) == made) { ::unlink(path.c_str()); }
    };
}
