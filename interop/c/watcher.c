/*
 * A call that waits for a peer does not notice that the commands have ended, and so the endpoint would outlive who started it. One poll for
 * the peer and the commands would cost every message a system call. So a second thread watches, sleeping all the time: it reads nothing, and
 * the main thread does not know of it.
 *
 * SIGTERM is blocked but for the sleep of this thread. So the handler never interrupts anything, and what ends the endpoint is ordinary
 * code.
 */
#define _GNU_SOURCE /* ppoll, POLLRDHUP */
#include "watcher.h"

#include "channels.h"
#include "failures.h"
#include "waiting.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum {
    LOOK_MS = 10,          /* between two looks at the main thread, once the commands have ended */
    PATIENCE = 5,          /* looks at the same command: it gets 50 ms to come to its end */
    TERMINAL_LOOK_MS = 30, /* between two looks at a terminal */
    STACK_SIZE = 256 << 10,
};

static sigset_t without_sigterm; /* the signals that are blocked while this thread sleeps */
static volatile sig_atomic_t is_terminated;

static void note_termination(int number) {
    (void)number;
    is_terminated = 1;
}

/* The status by which the parent sees that it was SIGTERM. */
static void die_of_sigterm(void) {
    settle_all_channels();
    signal(SIGTERM, SIG_DFL);
    pthread_sigmask(SIG_SETMASK, &without_sigterm, NULL);
    raise(SIGTERM);
}

/* Sleeps until the descriptor has one of the events or has hung up, or the time is over. A negative time is for ever. */
static short look(int descriptor, short events, int milliseconds) {
    struct pollfd watched = {.fd = descriptor, .events = events};
    struct timespec time = {.tv_nsec = (long)milliseconds * 1000000};
    int count = ppoll(&watched, 1, milliseconds < 0 ? NULL : &time, &without_sigterm);
    if (is_terminated) {
        die_of_sigterm();
    }
    return count > 0 ? watched.revents : 0;
}

static void nap(int milliseconds) { look(-1, 0, milliseconds); }

/* A terminal does not hang up at Ctrl-D: it can be read and has no byte. Between two commands that is the main thread's to see. */
static bool has_ended_by_ctrl_d(void) {
    int count = 0;
    return command_under_way() != 0 && (look(STDIN_FILENO, POLLIN, 0) & POLLIN) != 0 && ioctl(STDIN_FILENO, FIONREAD, &count) == 0
        && count == 0;
}

/* POLLHUP, which need not be asked for, is a pipe without writers. POLLRDHUP is a socket that was closed for writing only. */
static void wait_for_the_end_of_commands(void) {
    if (isatty(STDIN_FILENO)) {
        do {
            nap(TERMINAL_LOOK_MS);
        } while (look(STDIN_FILENO, 0, 0) == 0 && !has_ended_by_ctrl_d());
        return;
    }
    /* A regular file never hangs up: the commands in it are all obeyed. */
    while (look(STDIN_FILENO, POLLRDHUP, -1) == 0) {
    }
}

static void *watch(void *nothing) {
    (void)nothing;
    wait_for_the_end_of_commands();
    uint64_t seen = 0;
    for (int looks = 0;; looks++) {
        uint64_t command = command_under_way();
        if (command == 0 || command != seen) {
            looks = 0; /* The main thread goes on, and will come to the end of the commands itself. */
            seen = command;
        }
        if (looks >= PATIENCE && is_waiting()) {
            settle_all_channels();
            _exit(0);
        }
        nap(LOOK_MS);
    }
    return NULL;
}

bool start_watcher(void) {
    sigset_t sigterm;
    sigemptyset(&sigterm);
    sigaddset(&sigterm, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &sigterm, &without_sigterm); /* before there is a second thread, which inherits it */
    sigdelset(&without_sigterm, SIGTERM);
    struct sigaction action = {.sa_handler = note_termination};
    sigaction(SIGTERM, &action, NULL);
    pthread_t thread;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_SIZE);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    errno = pthread_create(&thread, &attributes, watch, NULL); /* it returns the error instead of setting errno */
    pthread_attr_destroy(&attributes);
    return errno == 0 || fail_errno("start", "the thread that watches the commands");
}
