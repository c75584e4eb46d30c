// Leftovers: what must not stay behind when the process ends, such as a socket file.
#pragma once

#include <functional>
#include <list>

// Owns such a thing and removes it. The watcher may end the process at any moment, and first removes all of them.
// Between the making and the note of it the watcher waits, so nothing is made that nobody knows of.
class Leftover {
public:
    // Runs in the watcher's thread too: it must not throw or allocate.
    using Removal = std::function<void()>;

    // `make` makes the thing, and gives what removes it.
    explicit Leftover(const std::function<Removal()>& make);
    ~Leftover();
    Leftover(const Leftover&) = delete;
    Leftover& operator=(const Leftover&) = delete;

    // Runs a step that the watcher must not cut in two.
    static void undisturbed(const std::function<void()>& step);

    // Nothing can be made any more: the process has to end now.
    static void remove_all_for_ever();

private:
    std::list<Removal>::iterator removal_;
};
