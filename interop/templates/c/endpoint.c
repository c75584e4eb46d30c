/* The endpoint of the adapter {name}: it answers hello and refuses everything else. interop/README.md says how to go on. */
#define _POSIX_C_SOURCE 200809L
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

enum { LONGEST_LINE = 262144, MOST_WORDS = 16 };

static void refuse(const char *kind, const char *message) { printf("error kind=%s message=%s\n", kind, message); }

static size_t key_length(const char *word) { return strspn(word, "abcdefghijklmnopqrstuvwxyz0123456789-"); }

static bool has_key(char *const *words, size_t count, const char *key) {
  size_t length = strlen(key);
  for (size_t i = 1; i < count; i++) {
    if (strncmp(words[i], key, length) == 0 && words[i][length] == '=') return true;
  }
  return false;
}

/* Whether every word after the verb is key=value, and no key stands twice. */
static bool is_well_formed(char *const *words, size_t count) {
  for (size_t i = 1; i < count; i++) {
    size_t length = key_length(words[i]);
    if (length == 0 || words[i][length] != '=') return false;
    for (size_t j = 1; j < i; j++) {
      if (strncmp(words[i], words[j], length + 1) == 0) return false;
    }
  }
  return true;
}

static void obey(char *line) {
  char *words[MOST_WORDS];
  size_t count = 0;
  for (char *word = line; word != NULL && count < MOST_WORDS;) {
    words[count++] = word;
    word = strchr(word, ' ');
    if (word != NULL) *word++ = '\0';
  }
  const char *verb = words[0];
  if (strcmp(verb, "echo") == 0 || strcmp(verb, "ping") == 0 || strcmp(verb, "layout") == 0) {
    refuse("unsupported", "there%20is%20no%20such%20verb%20yet");
  } else if (!is_well_formed(words, count)) {
    refuse("usage", "a%20word%20is%20not%20a%20key%20with%20a%20value,%20or%20a%20key%20stands%20twice");
  } else if (strcmp(verb, "hello") == 0 && count == 1) {
    printf("ok protocol=1 language=c runtime=C11 transports= framings= codecs= features=\n");
  } else if (strcmp(verb, "open") == 0 && has_key(words, count, "channel") && has_key(words, count, "transport") &&
             has_key(words, count, "role") && has_key(words, count, "address") && has_key(words, count, "framing")) {
    refuse("unsupported", "there%20is%20no%20such%20transport%20yet");
  } else if (strcmp(verb, "reset") == 0 && count == 1) {
    printf("ok\n");
  } else {
    refuse("usage", "no%20such%20verb,%20other%20keys,%20or%20a%20channel%20that%20is%20not%20open");
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
    } else {
      obey(line);
    }
    fflush(stdout); /* or the reply would wait in a buffer */
  }
  free(line);
  return 0;
}
