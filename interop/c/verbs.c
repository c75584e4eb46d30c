#include "verbs.h"

#include "channels.h"
#include "digests.h"
#include "failures.h"
#include "files.h"
#include "messages.h"
#include "replies.h"
#include "sockets.h"
#include "struct_codec.h"
#include "struct_formats.h"
#include "waiting.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static bool find_channel(const struct value *name, struct channel **channel) {
    *channel = channel_named(name->text);
    return *channel != NULL || fail("usage", "channel \"%s\" is not open; open it first", name->text);
}

static bool check_connected(const struct channel *channel) {
    return channel->descriptor >= 0 || fail("usage", "channel \"%s\" has no peer yet; accept one first", channel->name);
}

/* Datagrams go from who connects to who listens; on every other one-way channel the role says which way. */
static bool check_direction(const struct channel *channel, enum role direction) {
    enum role role = channel->transport != UNIX_DATAGRAM ? direction : direction == WRITE ? CONNECT : LISTEN;
    return !is_one_way(channel) || channel->role == role
        || fail("usage", "channel \"%s\" is one way and was opened with role=%s", channel->name, role_names[channel->role]);
}

static const char *const codec_names[] = {"struct"};

static bool check_codec(const struct value *codec, const struct value *format) {
    if (codec->text == NULL) {
        return true;
    }
    if (position_of(codec, codec_names, 1) > 0) {
        return fail("unsupported", "there is no codec \"%s\" here; hello lists them", codec->text);
    }
    size_t size, items;
    return (format->text != NULL || fail("usage", "the codec struct needs a format; add one such as format=<iqd"))
        && measure_format(format, &size, &items);
}

bool obey_hello(const struct value *values) {
    static const char *const features[] = {"echo", "ping", "layout", "timeout", "authkey"};
    (void)values;
    reply_text("ok protocol=1 language=c runtime=");
#if defined __clang__
    reply_format("clang%%20%d.%d.%d", __clang_major__, __clang_minor__, __clang_patchlevel__);
#elif defined __GNUC__
    reply_format("gcc%%20%d.%d.%d", __GNUC__, __GNUC_MINOR__, __GNUC_PATCHLEVEL__);
#else
    reply_text("cc");
#endif
    reply_list("transports", transport_names, TRANSPORT_COUNT);
    reply_list("framings", framing_names, FRAMING_COUNT);
    reply_list("codecs", codec_names, sizeof codec_names / sizeof *codec_names);
    /* The last one only with a library that is not ours. */
    reply_list("features", features, (int)(sizeof features / sizeof *features) - !has_digests());
    return true;
}

/* From now on; of a command without timeout= there is none. */
static uint64_t deadline_of(const struct value *timeout) { return timeout->text != NULL ? moment_in(timeout->number) : NEVER; }

bool obey_accept(const struct value *values) {
    struct channel *channel;
    if (!find_channel(&values[0], &channel)) {
        return false;
    }
    if (channel->role != LISTEN) {
        return fail("usage", "channel \"%s\" was not opened with role=listen", channel->name);
    }
    if (channel->transport == UNIX_DATAGRAM) {
        return fail("usage", "channel \"%s\" is for datagrams, which come without a peer to accept; receive them", channel->name);
    }
    if (channel->descriptor >= 0) {
        return fail("usage", "channel \"%s\" has its peer already; open another for the next one", channel->name);
    }
    reply_text("ok");
    return accept_peer(channel, deadline_of(&values[1]));
}

bool obey_send(const struct value *values) {
    struct channel *channel;
    bool has_codec = values[3].text != NULL;
    if ((values[1].text != NULL) + (values[2].text != NULL) + has_codec != 1) {
        return fail("usage", "send needs one of payload, file and codec");
    }
    if (has_codec != (values[4].text != NULL) || (!has_codec && values[5].text != NULL)) {
        return fail("usage", "codec, value and format belong together; send bytes with payload or file alone");
    }
    if (!find_channel(&values[0], &channel) || !check_codec(&values[3], &values[5]) || !check_connected(channel)
        || !check_direction(channel, WRITE)) {
        return false;
    }
    struct message message = {0};
    bool succeeded;
    if (values[2].text != NULL) {
        if (!read_file(values[2].text, channel->limit, &message.bytes, &message.length)) {
            return false;
        }
        succeeded = send_message(channel, message.bytes, message.length);
        free(message.bytes);
    } else if (has_codec) {
        if (!pack_value(&values[4], &values[5], channel->limit, &message)) {
            return false;
        }
        succeeded = send_message(channel, message.bytes, message.length);
        free(message.bytes);
    } else {
        succeeded = (decode_hex(&values[1], &message) || fail("usage", "the payload is not lower-case hex, two digits a byte"))
                 && send_message(channel, message.bytes, message.length);
    }
    reply_text("ok");
    return succeeded;
}

bool obey_receive(const struct value *values) {
    struct channel *channel;
    bool has_codec = values[2].text != NULL;
    if ((has_codec && values[1].text != NULL) || (!has_codec && values[3].text != NULL)) {
        return fail("usage", "a value is received with codec alone, or with codec and format");
    }
    if (!find_channel(&values[0], &channel) || !check_codec(&values[2], &values[3])) {
        return false;
    }
    if (!check_connected(channel) || !check_direction(channel, READ)) {
        return false;
    }
    struct message message;
    enum outcome outcome = receive_message(channel, deadline_of(&values[4]), &message);
    if (outcome == END) {
        reply_text("ok end=true");
    }
    if (outcome != MESSAGE) {
        return outcome == END;
    }
    if (values[1].text != NULL) {
        reply_format("ok length=%zu", message.length);
        if (!write_file(values[1].text, message.bytes, message.length)) {
            return false;
        }
    } else if (has_codec) {
        if (!reply_unpacked(&message, &values[3])) {
            /* What is no value is gone. */
            if (strcmp(failure.kind, "malformed") == 0) {
                consume_message(channel);
            }
            return false;
        }
    } else if (!reply_payload(&message)) {
        return false;
    }
    /* Not before: a message that could not be delivered can be asked for again. */
    consume_message(channel);
    return true;
}

bool obey_close(const struct value *values) {
    struct channel *channel;
    if (!find_channel(&values[0], &channel)) {
        return false;
    }
    reply_text("ok");
    if (values[1].text == NULL) {
        forget_channel(channel);
        return true;
    }
    /* This socket could; but the stream classes of .NET, for which the transport is there, have no call for it. */
    if (is_one_way(channel) || channel->transport == DOTNET_PIPE) {
        return fail("unsupported", "a %s cannot be half closed; close the channel", transport_names[channel->transport]);
    }
    /* ENOTCONN: the peer has reset the connection, so there is no direction left to close. */
    return check_connected(channel)
        && (shutdown(channel->descriptor, SHUT_WR) == 0 || errno == ENOTCONN || fail_errno("half close channel", channel->name));
}

bool obey_reset(const struct value *values) {
    (void)values;
    forget_all_channels();
    reply_text("ok");
    return true;
}

static bool find_loop_channel(const struct value *name, struct channel **channel) {
    if (!find_channel(name, channel) || !check_connected(*channel)) {
        return false;
    }
    return !is_one_way(*channel) || fail("usage", "channel \"%s\" is one way; echo and ping need both", (*channel)->name);
}

static bool receive_in_loop(struct channel *channel, struct message *message) {
    enum outcome outcome = receive_message(channel, NEVER, message);
    return outcome == MESSAGE
        || (outcome == END && fail("closed", "the peer of channel \"%s\" ended the stream in the loop", channel->name));
}

bool obey_echo(const struct value *values) {
    struct channel *channel;
    if (!find_loop_channel(&values[0], &channel)) {
        return false;
    }
    for (uint64_t count = values[1].number; count > 0; count--) {
        struct message message;
        /* Straight from the receive buffer: nothing is copied or allocated. */
        if (!receive_in_loop(channel, &message) || !send_message(channel, message.bytes, message.length)) {
            return false;
        }
        consume_message(channel);
    }
    reply_text("ok");
    return true;
}

bool obey_ping(const struct value *values) {
    struct channel *channel;
    uint64_t count = values[1].number;
    size_t size = (size_t)values[2].number;
    if (!find_loop_channel(&values[0], &channel)) {
        return false;
    }
    if (size > channel->limit) {
        return fail("too-large", "size=%zu is above the channel's limit of %u; raise limit= when opening", size, channel->limit);
    }
    unsigned char *payload = malloc(size + 1);
    if (payload == NULL) {
        return fail_errno("find memory for", "the payload");
    }
    memset(payload, 'p', size); /* a byte that every framing can carry */
    bool succeeded = true;
    uint64_t started = nanoseconds_now();
    while (succeeded && count-- > 0) {
        struct message answer;
        succeeded = send_message(channel, payload, size) && receive_in_loop(channel, &answer);
        if (succeeded) {
            consume_message(channel);
        }
    }
    uint64_t elapsed = nanoseconds_now() - started;
    free(payload);
    reply_format("ok nanoseconds=%ju", (uintmax_t)elapsed);
    return succeeded;
}
