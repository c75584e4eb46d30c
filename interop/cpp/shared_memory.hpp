// shared-memory: what Python's SharedMemory, Value and Array are, bytes that several processes map.
#pragma once

#include <fcntl.h>
#include <semaphore.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "carrier.hpp"
#include "commands.hpp"
#include "fault.hpp"
#include "inherited.hpp"
#include "leftovers.hpp"
#include "mapping.hpp"

// A POSIX named semaphore that somebody else has made.
class Semaphore {
public:
    explicit Semaphore(const std::string& name) : semaphore_{::sem_open(name.c_str(), 0)} {
        if (semaphore_ == SEM_FAILED) { throw_errno("cannot open the semaphore ", name); }
    }

    ~Semaphore() { ::sem_close(semaphore_); }

    Semaphore(const Semaphore&) = delete;
    Semaphore& operator=(const Semaphore&) = delete;

    // Holds the semaphore while it runs `access`. The watcher must not end the process in between, since nobody else would give
    // the semaphore back; so it is asked for again and again, and not waited for.
    void hold_for(const std::function<void()>& access) const {
        using namespace std::chrono_literals;
        bool is_done = false;
        const auto attempt = [&] {
            if (::sem_trywait(semaphore_) == 0) {
                const Held held{semaphore_};
                access();
                is_done = true;
            }
        };
        wait_until(
            [&] {
                Leftover::undisturbed(attempt);
                return is_done;
            },
            Clock::now() + 5s);
    }

private:
    // Gives it back in any case.
    struct Held {
        sem_t* semaphore;

        ~Held() { ::sem_post(semaphore); }
    };

    sem_t* semaphore_;
};

class SharedMemory : public Carrier {
public:
    // Opens or makes memory as the values of `open` say.
    SharedMemory(const Values& values, Role role, std::size_t limit) : limit_{limit} {
        check_names(values, role);
        if (const std::string* name = find(values, "lock")) { lock_.emplace(*name); }
        Descriptor file = open(values, role);
        const auto size = static_cast<std::size_t>(status_of(file).st_size);
        offset_ = number(values, "offset").value_or(0);
        length_ = number(values, "length").value_or(size - std::min(size, offset_));
        // Memory without a size is memory that its maker has not finished.
        if (size == 0 || offset_ > size || length_ > size - offset_) {
            throw Fault(Kind::malformed, "the memory has ", size, " bytes, too few for this part; see whether it is finished");
        }
        mapping_.emplace(std::move(file), size, role == Role::write ? Mapping::Access::write : Mapping::Access::read);
    }

    // What is behind the message stays as it is.
    void send(Bytes message) override {
        if (message.size() > length_) { throw too_large("the message for this part of the memory", message.size(), length_); }
        access([&](std::span<std::byte> memory) { std::ranges::copy(message, memory.begin()); });
    }

    std::optional<Bytes> receive(const Deadline&) override {
        if (length_ > limit_) { throw too_large("this part of the memory", length_, limit_); }
        access([&](std::span<std::byte> memory) { copy_.assign(memory.begin(), memory.end()); });
        return copy_;
    }

    void consume() override {}  // It can be read as often as one likes.

private:
    static std::optional<std::size_t> number(const Values& values, std::string_view key) {
        const std::string* const text = find(values, key);
        return text ? std::optional<std::size_t>{std::stoul(*text)} : std::nullopt;
    }

    // What can be seen to be wrong comes before what the system has to look for.
    static void check_names(const Values& values, Role role) {
        const std::string& address = values.at("address");
        const std::string* const lock = find(values, "lock");
        if (lock && (!is_object_name(*lock) || lock->size() > 250)) {
            throw Fault(Kind::usage, "the name of a semaphore is a slash and a word: give it as /NAME");
        }
        if (address == "/" || address == "/." || address == "/..") {
            throw Fault(Kind::usage, "\"", address, "\" is a folder; the name of an object is a slash and a word");
        }
        if (find(values, "size") && (role != Role::write || !is_object_name(address))) {
            throw Fault(Kind::usage, "only a writer makes memory, and it needs a name such as /psm_1; leave size out");
        }
    }

    static bool is_object_name(const std::string& text) {
        return text.size() > 1 && text.rfind('/') == 0 && text.find('\0') == std::string::npos;
    }

    Descriptor open(const Values& values, Role role) {
        const std::string& address = values.at("address");
        const int flags = role == Role::write ? O_RDWR : O_RDONLY;
        if (!address.starts_with('/')) {
            return adopt(address, [&](int number) {
                struct stat status;
                const int access = ::fcntl(number, F_GETFL) & O_ACCMODE;
                return ::fstat(number, &status) == 0 && S_ISREG(status.st_mode) && (access == O_RDWR || access == flags);
            });
        }
        // On Linux an object is a file in this folder. That is all that shm_open knows; but it makes objects that are still empty
        // when others find them.
        const std::string folder = "/dev/shm";
        const std::string path = is_object_name(address) ? folder + address : address;
        const auto size = number(values, "size");
        if (!size) {
            check_can_be_mapped(path);
            return open_path(path, flags);
        }
        Descriptor nameless = open_path(folder, O_TMPFILE | O_RDWR);
        reserve(nameless, *size);
        made_ = std::make_unique<Leftover>([&] {
            const std::string link = "/proc/self/fd/" + std::to_string(nameless.number());
            if (::linkat(AT_FDCWD, link.c_str(), AT_FDCWD, path.c_str(), AT_SYMLINK_FOLLOW) < 0) { throw_errno("cannot make ", path); }
            return removal_of(path);
        });
        return nameless;
    }

    void access(const std::function<void(std::span<std::byte>)>& step) const {
        const auto part = [&] { step(mapping_->bytes().subspan(offset_, length_)); };
        lock_ ? lock_->hold_for(part) : part();
    }

    std::size_t limit_;
    std::size_t offset_ = 0;
    std::size_t length_ = 0;
    std::optional<Semaphore> lock_;
    std::optional<Mapping> mapping_;
    std::vector<std::byte> copy_;
    std::unique_ptr<Leftover> made_;  // the object's name, if it was made here
};
