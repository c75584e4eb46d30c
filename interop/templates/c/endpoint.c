/* The endpoint of the adapter {name}: it answers hello and refuses everything else. interop/README.md says how to go on.
 * In another language, change language= and runtime= in the reply to hello: they say what the program runs on. */
#define _POSIX_C_SOURCE 200809L
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

enum { LONGEST_LINE = 262144, MOST_PAIRS = 16, LARGEST_LIMIT = 2147483647 };

struct pair {
  const char *key;
  char *value;   /* decoded, and ended by a NUL that is not part of it */
  size_t length; /* since %00 is a NUL that is */
};

struct command {
  const char *verb;
  struct pair pairs[MOST_PAIRS]; /* more than any verb has keys */
  size_t count;
};

static void refuse(const char *kind, const char *message) { printf("error kind=%s message=%s\n", kind, message); }

static int digit_value(char digit) {
  static const char digits[] = "0123456789abcdef0123456789ABCDEF";
  const char *place = digit != '\0' ? strchr(digits, digit) : NULL;
  return place != NULL ? (int)((place - digits) % 16) : -1;
}

/* Ends the word or value at `text` where it ends, and gives what follows its blank; NULL if it was the last. */
static char *cut(char *text) {
  char *blank = strchr(text, ' ');
  if (blank != NULL) *blank++ = '\0';
  return blank;
}

/* Decodes in place. False for a byte that must be percent-encoded, and for a % without two digits. */
static bool decode(struct pair *pair) {
  static const char others[] = "_.-/:,@+~";
  char *to = pair->value;
  for (const char *from = pair->value; *from != '\0'; from++) {
    bool is_letter = (*from >= 'a' && *from <= 'z') || (*from >= 'A' && *from <= 'Z');
    if (is_letter || (*from >= '0' && *from <= '9') || strchr(others, *from) != NULL) {
      *to++ = *from;
    } else if (*from == '%' && digit_value(from[1]) >= 0 && digit_value(from[2]) >= 0) {
      *to++ = (char)(digit_value(from[1]) << 4 | digit_value(from[2]));
      from += 2;
    } else {
      return false;
    }
  }
  *to = '\0';
  pair->length = (size_t)(to - pair->value);
  return true;
}

static struct pair *pair_of(struct command *command, const char *key) {
  for (size_t i = 0; i < command->count; i++) {
    if (strcmp(command->pairs[i].key, key) == 0) return &command->pairs[i];
  }
  return NULL;
}

/* How much of the text can be a verb or a key. */
static size_t name_length(const char *text) { return strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-"); }

/* The whole line, before a word of it is judged. A blank too many makes an empty word, and a CR is no letter of any word. */
static bool parse(char *line, struct command *command) {
  command->verb = line;
  command->count = 0;
  char *word = cut(line);
  if (*line == '\0' || line[name_length(line)] != '\0') return false;
  while (word != NULL) {
    char *next = cut(word);
    size_t length = name_length(word);
    if (length == 0 || word[length] != '=' || command->count == MOST_PAIRS) return false;
    word[length] = '\0';
    if (pair_of(command, word) != NULL) return false;
    struct pair *pair = &command->pairs[command->count];
    *pair = (struct pair){.key = word, .value = word + length + 1};
    if (!decode(pair)) return false;
    command->count++;
    word = next;
  }
  return true;
}

static bool is_channel_name(const struct pair *pair) {
  return pair->length >= 1 && pair->length <= 16 &&
         strspn(pair->value, "abcdefghijklmnopqrstuvwxyz0123456789") == pair->length;
}

static bool is_limit(const struct pair *pair) {
  if (pair->length < 1 || pair->length > 10 || strspn(pair->value, "0123456789") != pair->length) return false;
  if (pair->value[0] == '0') return false; /* zero itself is too small, and no number has leading zeros */
  long long limit = strtoll(pair->value, NULL, 10);
  return limit >= 1 && limit <= LARGEST_LIMIT;
}

/* Whether `open` has the keys that it needs and no others, and their values are of the right form. */
static bool can_open(struct command *command) {
  static const char *const keys[] = {"channel", "transport", "role", "address", "framing"};
  size_t needed = sizeof keys / sizeof *keys;
  for (size_t i = 0; i < needed; i++) {
    if (pair_of(command, keys[i]) == NULL) return false;
  }
  const struct pair *limit = pair_of(command, "limit");
  return command->count == needed + (limit != NULL) && is_channel_name(pair_of(command, "channel")) &&
         (limit == NULL || is_limit(limit));
}

static bool is_optional(const char *verb) {
  return strcmp(verb, "echo") == 0 || strcmp(verb, "ping") == 0 || strcmp(verb, "layout") == 0 || strcmp(verb, "call") == 0;
}

static void obey(char *line) {
  struct command command;
  if (!parse(line, &command)) {
    refuse("usage", "that%20is%20not%20a%20verb%20and%20keys%20with%20values,%20or%20a%20key%20stands%20twice");
  } else if (is_optional(command.verb)) {
    refuse("unsupported", "there%20is%20no%20such%20verb%20yet");
  } else if (strcmp(command.verb, "hello") == 0 && command.count == 0) {
    printf("ok protocol=1 language=c runtime=C11 transports= framings= codecs= features=\n");
  } else if (strcmp(command.verb, "open") == 0 && can_open(&command)) {
    refuse("unsupported", "there%20is%20no%20such%20transport%20yet");
  } else if (strcmp(command.verb, "reset") == 0 && command.count == 0) {
    printf("ok\n");
  } else {
    refuse("usage", "no%20such%20verb,%20other%20keys%20or%20values,%20or%20a%20channel%20that%20is%20not%20open");
  }
}

int main(void) {
  char *line = NULL;
  size_t capacity = 0;
  ssize_t length;
  while ((length = getline(&line, &capacity, stdin)) > 0) {
    if (line[length - 1] != '\n') break; /* the end of the input cut it off: it is not obeyed */
    line[length - 1] = '\0';
    if (length - 1 > LONGEST_LINE) {
      refuse("usage", "the%20line%20is%20too%20long");
    } else if (strlen(line) != (size_t)length - 1) {
      refuse("usage", "the%20line%20has%20a%20NUL%20byte");
    } else {
      obey(line);
    }
    fflush(stdout); /* or the reply would wait in a buffer */
  }
  free(line);
  return 0;
}
