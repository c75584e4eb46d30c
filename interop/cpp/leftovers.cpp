#include "leftovers.hpp"

#include <mutex>

namespace {

struct Registry {
    std::mutex mutex;
    std::list<Leftover::Removal> removals;
};

// Never destroyed: when main returns, the watcher still runs.
Registry& registry() {
    static Registry* const only = new Registry;
    return *only;
}

}  // namespace

Leftover::Leftover(const std::function<Removal()>& make) {
    std::list<Removal> noted(1);  // Whatever can fail does so before the thing is made.
    const std::scoped_lock held{registry().mutex};
    noted.front() = make();
    removal_ = noted.begin();
    registry().removals.splice(registry().removals.end(), noted);
}

Leftover::~Leftover() {
    const std::scoped_lock held{registry().mutex};
    (*removal_)();
    registry().removals.erase(removal_);
}

void Leftover::undisturbed(const std::function<void()>& step) {
    const std::scoped_lock held{registry().mutex};
    step();
}

void Leftover::remove_all_for_ever() {
    registry().mutex.lock();
    for (const Removal& remove : registry().removals) {
        remove();
    }
}
