#include "session.hpp"

#include <vector>

#include "fault.hpp"
#include "files.hpp"
#include "framings.hpp"
#include "layouts.hpp"
#include "numbers.hpp"

struct Session::Verb {
    std::string (Session::*obey)(const Values&);
    std::vector<std::string_view> required;
    std::vector<std::string_view> optional;
};

const std::map<std::string_view, Session::Verb> Session::verbs = {
    {"hello", {&Session::hello, {}, {}}},
    {"open", {&Session::open, {"channel", "transport", "role", "address", "framing"}, {"limit"}}},
    {"accept", {&Session::accept, {"channel"}, {"timeout"}}},
    {"send", {&Session::send, {"channel"}, {"payload", "file", "codec", "value", "format"}}},
    {"receive", {&Session::receive, {"channel"}, {"file", "codec", "format", "timeout"}}},
    {"close", {&Session::close, {"channel"}, {"how"}}},
    {"reset", {&Session::reset, {}, {}}},
    {"echo", {&Session::echo, {"channel", "count"}, {}}},
    {"ping", {&Session::ping, {"channel", "count", "size"}, {}}},
    {"layout", {&Session::layout, {"record"}, {}}},
};

namespace {

constexpr std::uint64_t largest_limit = 2147483647;

struct Range {
    std::uint64_t smallest, largest;
};

const std::map<std::string_view, Range> number_keys = {
    {"limit", {1, largest_limit}}, {"count", {1, 10'000'000}}, {"size", {0, largest_limit}}, {"timeout", {0, 86'400'000}}};

// Whether a value has its key's form. Words, addresses and payloads are looked at later: other faults come before theirs.
void check_form(const std::string& key, const std::string& value) {
    if (const auto number = number_keys.find(key); number != number_keys.end()) {
        const Range range = number->second;
        if (!parse_number(value, range.smallest, range.largest)) {
            throw Fault{Kind::usage, key, "=", value, " is not a number from ", range.smallest, " to ", range.largest};
        }
    } else if (key == "channel") {
        const bool is_name = value.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789") == std::string::npos;
        if (!is_name || value.empty() || value.size() > 16) {
            throw Fault{Kind::usage, "\"", value, "\" is not a channel's name, which has 1 to 16 of a-z and 0-9"};
        }
    } else if (key == "how" && value != "write") {
        throw Fault{Kind::usage, "how=", value, " is unknown; the only one is write"};
    } else if (key == "file" && value.find('\0') != std::string::npos) {
        throw Fault{Kind::usage, "the path in file= has a NUL; remove it"};
    }
}

std::uint64_t number(const Values& values, std::string_view key) { return std::stoull(*find(values, key)); }

Deadline deadline_of(const Values& values) {
    return find(values, "timeout") ? Deadline{Clock::now() + std::chrono::milliseconds{number(values, "timeout")}}
                                   : Deadline{};
}

std::string runtime() {
#if defined __clang__
    return text("clang%20", __clang_major__, ".", __clang_minor__, ".", __clang_patchlevel__);
#else
    return text("gcc%20", __GNUC__, ".", __GNUC_MINOR__, ".", __GNUC_PATCHLEVEL__);
#endif
}

template <class Names>
std::string list(const Names& names) {
    std::string joined;
    for (const std::string_view name : names) {
        joined += text(joined.empty() ? "" : ",", name);
    }
    return joined;
}

void check_codec(const Values& values) {
    if (const std::string* codec = find(values, "codec")) {
        throw Fault{Kind::unsupported, "there is no codec \"", *codec, "\" here, nor any other; hello lists none"};
    }
}

Bytes receive_in_loop(Channel& channel) {
    const auto message = channel.receive({});
    if (!message) {
        throw Fault{Kind::closed, "the peer has ended the stream in the loop; let both sides have the same count"};
    }
    return *message;
}

}  // namespace

std::string Session::obey(std::string_view line) try {
    const Command command = parse_command(line);
    const auto found = verbs.find(command.verb);
    if (found == verbs.end()) {
        throw Fault{command.verb == "call" ? Kind::unsupported : Kind::usage, "there is no verb \"", command.verb, "\""};
    }
    const auto& [obey, required, optional] = found->second;
    for (const auto& [key, value] : command.values) {
        if (std::ranges::find(required, key) == required.end() && std::ranges::find(optional, key) == optional.end()) {
            throw Fault{Kind::usage, command.verb, " has no key \"", key, "\""};
        }
    }
    for (const std::string_view key : required) {
        if (!find(command.values, key)) {
            throw Fault{Kind::usage, command.verb, " needs the key \"", key, "\""};
        }
    }
    for (const auto& [key, value] : command.values) {
        check_form(key, value);
    }
    return (this->*obey)(command.values);
} catch (const Fault& fault) {
    return error_reply(fault);
} catch (const std::system_error& error) {
    return error_reply(fault_of(error));
} catch (const std::bad_alloc&) {
    return error_reply(Fault{Kind::internal, "there is no memory left for this; lower the channel's limit"});
}

Channel& Session::channel(const Values& values) {
    const auto found = channels_.find(values.at("channel"));
    if (found == channels_.end()) {
        throw Fault{Kind::usage, "channel \"", values.at("channel"), "\" is not open; open it first"};
    }
    return found->second;
}

std::string Session::hello(const Values&) {
    return text("ok protocol=1 language=cpp runtime=", runtime(), " transports=", list(transport_names),
                " framings=", list(framing_names), " codecs= features=echo,ping,layout,timeout");
}

std::string Session::open(const Values& values) {
    const std::string& name = values.at("channel");
    if (channels_.contains(name)) {
        throw Fault{Kind::usage, "channel \"", name, "\" is open already; close it first"};
    }
    const std::string& address = channels_.try_emplace(name, values).first->second.chosen_address();
    return address.empty() ? "ok" : "ok address=" + address;
}

std::string Session::accept(const Values& values) {
    channel(values).accept(deadline_of(values));
    return "ok";
}

std::string Session::send(const Values& values) {
    const std::string* const payload = find(values, "payload");
    const std::string* const file = find(values, "file");
    const bool has_codec = find(values, "codec") != nullptr;
    if ((payload != nullptr) + (file != nullptr) + has_codec != 1 || has_codec != (find(values, "value") != nullptr) ||
        (find(values, "format") != nullptr && !has_codec)) {
        throw Fault{Kind::usage, "send needs payload, or file, or codec with value"};
    }
    Channel& target = channel(values);
    check_codec(values);
    target.check_can_send();
    target.send(payload ? bytes_of_hex(*payload) : read_file(*file, target.limit()));
    return "ok";
}

std::string Session::receive(const Values& values) {
    const std::string* const file = find(values, "file");
    const bool has_codec = find(values, "codec") != nullptr;
    if (has_codec ? file != nullptr : find(values, "format") != nullptr) {
        throw Fault{Kind::usage, "receive takes file, or codec, or codec with format"};
    }
    Channel& source = channel(values);
    check_codec(values);
    const auto message = source.receive(deadline_of(values));
    if (!message) {
        return "ok end=true";
    }
    std::string reply = "ok payload=";
    if (file) {
        write_file(*file, *message);
        reply = text("ok length=", message->size());
    } else if (message->size() <= (longest_line - reply.size()) / 2) {
        reply += hex_of(*message);
    } else {
        throw Fault{Kind::usage, "the message has ", message->size(), " bytes, too many for a reply; receive it with file="};
    }
    source.consume();  // Not before: a message that could not be delivered can be asked for again.
    return reply;
}

std::string Session::close(const Values& values) {
    if (find(values, "how")) {
        channel(values).end_writing();
    } else {
        channel(values);
        channels_.erase(values.at("channel"));
    }
    return "ok";
}

std::string Session::reset(const Values&) {
    channels_.clear();
    return "ok";
}

std::string Session::echo(const Values& values) {
    Channel& peer = channel(values);
    peer.check_goes_both_ways();
    for (auto count = number(values, "count"); count > 0; count--) {
        peer.send(receive_in_loop(peer));  // Straight from where it was received: nothing is copied.
        peer.consume();
    }
    return "ok";
}

std::string Session::ping(const Values& values) {
    Channel& peer = channel(values);
    peer.check_goes_both_ways();
    const auto size = number(values, "size");
    if (size > peer.limit()) {
        throw Fault{Kind::too_large, "size=", size, " is above the channel's limit of ", peer.limit(), "; raise limit="};
    }
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

std::string Session::layout(const Values& values) { return layout_of(values.at("record")); }
