#define _GNU_SOURCE
#include "CPlatform.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static int signal_writer = -1;

static void note_signal(int signal) {
  int saved = errno;
  unsigned char byte = (unsigned char)signal;
  ssize_t ignored = write(signal_writer, &byte, 1);
  (void)ignored;
  errno = saved;
}

int parley_catch_signals(const int *numbers, int count) {
  int ends[2];
  if (parley_pipe(ends) < 0) return -1;
  signal_writer = ends[1];
  // A handler must not wait, not even where somebody sends thousands.
  parley_set_nonblocking(ends[0], true);
  parley_set_nonblocking(ends[1], true);
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = note_signal;
  sigset_t caught;
  sigemptyset(&caught);
  for (int i = 0; i < count; i++) {
    if (parley_is_ignored(numbers[i]) && numbers[i] != SIGCHLD) continue;
    sigaction(numbers[i], &action, NULL);
    sigaddset(&caught, numbers[i]);
  }
  // The parent process may have blocked them.
  pthread_sigmask(SIG_UNBLOCK, &caught, NULL);
  return ends[0];
}

void parley_die_by(int number) {
  signal(number, SIG_DFL);
  sigset_t one;
  sigemptyset(&one);
  sigaddset(&one, number);
  pthread_sigmask(SIG_UNBLOCK, &one, NULL);
  raise(number);
}
