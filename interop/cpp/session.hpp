// A session: the open channels, and the verbs.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "channel.hpp"
#include "commands.hpp"
#include "fault.hpp"
#include "files.hpp"
#include "framings.hpp"
#include "layouts.hpp"
#include "numbers.hpp"

constexpr std::uint64_t largest_size = 2147483647;

// Throws `usage` if a value does not have its key's form. Addresses and payloads are looked at later, as other faults come before
// theirs.
inline void check_form(const std::string& key, const std::string& value) {
    if (key == "channel") {
        const bool is_name = value.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789") == std::string::npos;
        if (!is_name || value.empty() || value.size() > 16) {
            throw Fault(Kind::usage, "\"", value, "\" is not a channel's name, which has 1 to 16 of a-z and 0-9");
        }
    } else if (key == "how" && value != "write") {
        throw Fault(Kind::usage, "how=", value, " is unknown; the only one is write");
    } else if (key == "file" && value.find('\0') != std::string::npos) {
        throw Fault(Kind::usage, "the path in file= has a NUL; remove it");
    }
}

inline std::uint64_t number(const Values& values, std::string_view key) { return std::stoull(*find(values, key)); }

inline Deadline deadline_of(const Values& values) {
    return find(values, "timeout") ? Deadline{Clock::now() + std::chrono::milliseconds{number(values, "timeout")}} : Deadline{};
}

inline std::string runtime() {
#if defined __clang__
    return text("clang%20", __clang_major__, ".", __clang_minor__, ".", __clang_patchlevel__);
#else
    return text("gcc%20", __GNUC__, ".", __GNUC_MINOR__, ".", __GNUC_PATCHLEVEL__);
#endif
}

template <class Names>
std::string list(const Names& names) {
    std::string joined;
    for (const std::string_view name : names) { joined += text(joined.empty() ? "" : ",", name); }
    return joined;
}

inline void check_codec(const Values& values) {
    if (const std::string* codec = find(values, "codec")) {
        throw Fault(Kind::unsupported, "there is no codec \"", *codec, "\" here, nor any other; hello lists none");
    }
}

inline Bytes receive_in_loop(Channel& channel) {
    const auto message = channel.receive({});
    if (!message) { throw Fault(Kind::closed, "the peer has ended the stream in the loop; let both sides have the same count"); }
    return *message;
}

struct Key {
    std::string_view name;
    bool is_needed = false;
    std::uint64_t smallest = 0;
    std::uint64_t largest = 0;  // 0 for what is no number
};

class Session {
public:
    // Obeys a command and gives the reply.
    std::string obey(std::string_view line) {
        try {
            const Command command = parse_command(line);
            const Verb& verb = find_verb(command);
            return (this->*verb.obey)(command.values);
        } catch (const std::exception& error) { return error_reply(fault_of(error)); }
    }

private:
    struct Verb {
        std::string (Session::*obey)(const Values&);
        std::vector<Key> keys;
    };

    // Throws `usage` unless the command has the keys of its verb, and each value its form.
    static const Verb& find_verb(const Command& command) {
        const auto found = verbs.find(command.verb);
        if (found == verbs.end()) {
            throw Fault(command.verb == "call" ? Kind::unsupported : Kind::usage, "there is no verb \"", command.verb, "\"");
        }
        const std::vector<Key>& keys = found->second.keys;
        for (const auto& [key, value] : command.values) {
            if (std::ranges::find(keys, key, &Key::name) == keys.end()) {
                throw Fault(Kind::usage, command.verb, " has no key \"", key, "\"");
            }
        }
        for (const Key& key : keys) {
            const std::string* const value = find(command.values, key.name);
            if (!value && key.is_needed) { throw Fault(Kind::usage, command.verb, " needs the key \"", key.name, "\""); }
            if (value && key.largest > 0 && !parse_number(*value, key.smallest, key.largest)) {
                throw Fault(Kind::usage, key.name, " is not a number from ", key.smallest, " to ", key.largest);
            }
        }
        for (const auto& [key, value] : command.values) { check_form(key, value); }
        return found->second;
    }

    std::string hello(const Values&) {
        return text("ok protocol=1 language=cpp runtime=", runtime(), " transports=", list(transport_names),
                    " framings=", list(framing_names), " codecs= features=echo,ping,layout,timeout");
    }

    std::string open(const Values& values) {
        for (const std::string_view option : {"size", "offset", "length", "lock"}) {
            if (find(values, option) && values.at("transport") != "shared-memory") {
                throw Fault(Kind::usage, "only shared-memory has the option ", option, "; leave it out");
            }
        }
        const std::string& name = values.at("channel");
        if (channels_.contains(name)) { throw Fault(Kind::usage, "channel \"", name, "\" is open already; close it first"); }
        const std::string& address = channels_.try_emplace(name, values).first->second.chosen_address();
        return address.empty() ? "ok" : "ok address=" + address;
    }

    std::string accept(const Values& values) {
        channel(values).accept(deadline_of(values));
        return "ok";
    }

    std::string send(const Values& values) {
        const std::string* const payload = find(values, "payload");
        const std::string* const file = find(values, "file");
        const bool has_codec = find(values, "codec") != nullptr;
        if ((payload != nullptr) + (file != nullptr) + has_codec != 1 || has_codec != (find(values, "value") != nullptr) ||
            (find(values, "format") != nullptr && !has_codec)) {
            throw Fault(Kind::usage, "send needs payload, or file, or codec with value");
        }
        Channel& target = channel(values);
        check_codec(values);
        target.check_can_send();
        target.send(payload ? bytes_of_hex(*payload) : read_file(*file, target.limit()));
        return "ok";
    }

    std::string receive(const Values& values) {
        const std::string* const file = find(values, "file");
        const bool has_codec = find(values, "codec") != nullptr;
        if (has_codec ? file != nullptr : find(values, "format") != nullptr) {
            throw Fault(Kind::usage, "receive takes file, or codec, or codec with format");
        }
        Channel& source = channel(values);
        check_codec(values);
        const auto message = source.receive(deadline_of(values));
        if (!message) { return "ok end=true"; }
        std::string reply = "ok payload=";
        if (file) {
            write_file(*file, *message);
            reply = text("ok length=", message->size());
        } else if (message->size() <= (longest_line - reply.size()) / 2) {
            reply += hex_of(*message);
        } else {
            throw Fault(Kind::usage, "the message has ", message->size(), " bytes, too many for a reply; receive it with file=");
        }
        source.consume();  // Not before: a message that could not be delivered can be asked for again.
        return reply;
    }

    std::string close(const Values& values) {
        if (find(values, "how")) {
            channel(values).end_writing();
        } else {
            channel(values);
            channels_.erase(values.at("channel"));
        }
        return "ok";
    }

    std::string reset(const Values&) {
        channels_.clear();
        return "ok";
    }

    std::string echo(const Values& values) {
        Channel& peer = channel(values);
        peer.check_goes_both_ways();
        for (auto count = number(values, "count"); count > 0; count--) {
            peer.send(receive_in_loop(peer));  // Straight from where it was received: nothing is copied.
            peer.consume();
        }
        return "ok";
    }

    std::string ping(const Values& values) {
        Channel& peer = channel(values);
        peer.check_goes_both_ways();
        const auto size = number(values, "size");
        if (size > peer.limit()) { throw too_large("a message of ping", size, peer.limit()); }
        const std::vector<std::byte> message(size, std::byte{'p'});  // which every framing can carry
        const auto start = Clock::now();
        for (auto count = number(values, "count"); count > 0; count--) {
            peer.send(message);
            receive_in_loop(peer);
            peer.consume();
        }
        const std::chrono::nanoseconds elapsed = Clock::now() - start;
        return text("ok nanoseconds=", elapsed.count());
    }

    std::string layout(const Values& values) { return layout_of(values.at("record")); }

    Channel& channel(const Values& values) {
        const auto found = channels_.find(values.at("channel"));
        if (found == channels_.end()) { throw Fault(Kind::usage, "channel \"", values.at("channel"), "\" is not open; open it first"); }
        return found->second;
    }

    std::map<std::string, Channel, std::less<>> channels_;

    // The bounds of numbers are those of the protocol.
    static inline const std::map<std::string_view, Verb> verbs = {
        {"hello", {&Session::hello, {}}},
        {"open",
         {&Session::open,
          {{"channel", true},
           {"transport", true},
           {"role", true},
           {"address", true},
           {"framing", true},
           {"lock"},
           {"limit", false, 1, largest_size},
           {"size", false, 1, largest_size},
           {"offset", false, 0, largest_size},
           {"length", false, 1, largest_size}}}},
        {"accept", {&Session::accept, {{"channel", true}, {"timeout", false, 0, 86'400'000}}}},
        {"send", {&Session::send, {{"channel", true}, {"payload"}, {"file"}, {"codec"}, {"value"}, {"format"}}}},
        {"receive", {&Session::receive, {{"channel", true}, {"file"}, {"codec"}, {"format"}, {"timeout", false, 0, 86'400'000}}}},
        {"close", {&Session::close, {{"channel", true}, {"how"}}}},
        {"reset", {&Session::reset, {}}},
        {"echo", {&Session::echo, {{"channel", true}, {"count", true, 1, 10'000'000}}}},
        {"ping", {&Session::ping, {{"channel", true}, {"count", true, 1, 10'000'000}, {"size", true, 0, largest_size}}}},
        {"layout", {&Session::layout, {{"record", true}}}},
    };
};
