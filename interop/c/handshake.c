#define _GNU_SOURCE /* getrandom */
#include "handshake.h"

#include "digests.h"
#include "failures.h"
#include "messages.h"
#include "waiting.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

enum {
    PATIENCE_MS = 5000,
    LONGEST_WORD = 256, /* of either side */
    CHALLENGE_SIZE = 40,
    /* Before 3.12 Python answered any challenge with its HMAC-MD5, and posed one of 20 bytes. */
    OLD_CHALLENGE_SIZE = 20,
    OLD_ANSWER_SIZE = 16,
};

/* What one side says: a message, or the part of one. */
struct word {
    unsigned char bytes[LONGEST_WORD + 1];
    size_t length;
};

static bool refuse(const char *what) { return fail("authentication", "the peer %s; give both sides the same key", what); }

static bool begins_with(const struct word *word, const char *text) {
    return word->length >= strlen(text) && memcmp(word->bytes, text, strlen(text)) == 0;
}

static bool says(const struct word *word, const char *text) { return word->length == strlen(text) && begins_with(word, text); }

static struct word word_of(const char *text) {
    struct word word = {.length = strlen(text)};
    memcpy(word.bytes, text, word.length);
    return word;
}

static bool say(struct channel *channel, struct word word) { return send_message(channel, word.bytes, word.length); }

static bool hear(struct channel *channel, uint64_t deadline, struct word *word) {
    struct message message;
    enum outcome outcome = receive_message(channel, deadline, &message);
    if (outcome != MESSAGE) {
        return outcome == END && refuse("hung up in the handshake");
    }
    word->length = message.length; /* at most the channel's limit, which is LONGEST_WORD now */
    memcpy(word->bytes, message.bytes, message.length);
    consume_message(channel);
    return true;
}

/* The digest whose name stands in braces at the beginning, NULL if there is none. */
static const char *digest_of(const struct word *word) {
    for (int index = 0; index < DIGEST_COUNT; index++) {
        char prefix[16];
        snprintf(prefix, sizeof prefix, "{%s}", digest_names[index]);
        if (begins_with(word, prefix)) {
            return digest_names[index];
        }
    }
    return NULL;
}

/* What proves that one has the key: the challenge's digest, with the digest's name in braces unless it is old. */
static bool make_answer(const struct channel *channel, const struct word *challenge, const char *digest, struct word *answer) {
    *answer = word_of("");
    if (digest != NULL) {
        answer->length = (size_t)snprintf((char *)answer->bytes, sizeof answer->bytes, "{%s}", digest);
    }
    size_t length = keyed_digest(digest != NULL ? digest : "md5", channel->key, channel->key_length, challenge->bytes, challenge->length,
                                 answer->bytes + answer->length);
    answer->length += length;
    return length > 0 || fail("internal", "the digest of a challenge could not be computed; see whether libcrypto is in order");
}

/* All bytes, whatever the first ones are: the time must not tell how many of them were right. */
static bool are_equal(const struct word *one, const struct word *other) {
    unsigned difference = one->length != other->length;
    for (size_t index = 0; index < LONGEST_WORD; index++) {
        difference |= (unsigned)(index < one->length && index < other->length ? one->bytes[index] ^ other->bytes[index] : 0);
    }
    return difference == 0;
}

static bool check_answer(const struct channel *channel, const struct word *challenge, const struct word *answer, bool *is_right) {
    const char *digest = digest_of(answer);
    *is_right = false;
    if (digest == NULL && answer->length != OLD_ANSWER_SIZE) {
        return true;
    }
    struct word expected;
    if (!make_answer(channel, challenge, digest, &expected)) {
        return false;
    }
    *is_right = are_equal(answer, &expected);
    return true;
}

/* Lets the peer prove that it has the key. */
static bool challenge_peer(struct channel *channel, uint64_t deadline) {
    struct word challenge = word_of("{sha256}");
    /* So few bytes are never cut short. */
    if (getrandom(challenge.bytes + challenge.length, CHALLENGE_SIZE, 0) != CHALLENGE_SIZE) {
        return fail_errno("find random bytes for", "a challenge");
    }
    challenge.length += CHALLENGE_SIZE;
    struct word question = word_of("#CHALLENGE#"), answer;
    memcpy(question.bytes + question.length, challenge.bytes, challenge.length);
    question.length += challenge.length;
    bool is_right;
    if (!say(channel, question) || !hear(channel, deadline, &answer) || !check_answer(channel, &challenge, &answer, &is_right)) {
        return false;
    }
    return say(channel, word_of(is_right ? "#WELCOME#" : "#FAILURE#")) && (is_right || refuse("has another key"));
}

/* Proves to the peer that we have the key. */
static bool answer_peer(struct channel *channel, uint64_t deadline) {
    struct word question, answer, verdict;
    if (!hear(channel, deadline, &question)) {
        return false;
    }
    if (!begins_with(&question, "#CHALLENGE#")) {
        return refuse("posed no challenge");
    }
    struct word challenge = {.length = question.length - strlen("#CHALLENGE#")};
    memcpy(challenge.bytes, question.bytes + strlen("#CHALLENGE#"), challenge.length);
    const char *digest = challenge.length != OLD_CHALLENGE_SIZE ? digest_of(&challenge) : NULL;
    if (challenge.length < OLD_CHALLENGE_SIZE || (digest == NULL && challenge.length != OLD_CHALLENGE_SIZE)) {
        return refuse("asks for a digest that is not known here");
    }
    return make_answer(channel, &challenge, digest, &answer) && say(channel, answer) && hear(channel, deadline, &verdict)
        && (says(&verdict, "#WELCOME#") || refuse("has refused our key"));
}

/* The accepting side has the first word. */
bool shake_hands(struct channel *channel, uint64_t deadline) {
    uint32_t limit = channel->limit;
    uint64_t patience = moment_in(PATIENCE_MS);
    deadline = deadline < patience ? deadline : patience;
    channel->limit = LONGEST_WORD;
    bool succeeded = channel->role == LISTEN ? challenge_peer(channel, deadline) && answer_peer(channel, deadline)
                                             : answer_peer(channel, deadline) && challenge_peer(channel, deadline);
    channel->limit = limit;
    if (succeeded) {
        return true;
    }
    static const char *const broken[] = {"closed", "reset", "truncated", "malformed"};
    for (size_t index = 0; index < sizeof broken / sizeof *broken; index++) {
        if (strcmp(failure.kind, broken[index]) == 0) {
            return refuse("hung up in the handshake, or broke it");
        }
    }
    return false;
}
