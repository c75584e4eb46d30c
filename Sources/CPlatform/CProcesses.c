#define _GNU_SOURCE
#include "CProcesses.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif

static struct rlimit first_limit;
static bool has_raised = false;
static pthread_once_t raising = PTHREAD_ONCE_INIT;

static void raise_limit(void) {
  if (getrlimit(RLIMIT_NOFILE, &first_limit) < 0) return;
  struct rlimit raised = {first_limit.rlim_max, first_limit.rlim_max};
  has_raised = setrlimit(RLIMIT_NOFILE, &raised) == 0;
}

int64_t parley_raise_descriptor_limit(void) {
  pthread_once(&raising, raise_limit);
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) < 0) return -1;
  return limit.rlim_cur > INT32_MAX ? INT32_MAX : (int64_t)limit.rlim_cur;
}

int64_t parley_child_descriptor_limit(void) {
  pthread_once(&raising, raise_limit);
  struct rlimit limit = first_limit;
#ifndef __linux__
  // Here the children keep the raised limit.
  if (getrlimit(RLIMIT_NOFILE, &limit) < 0) return -1;
#endif
  return limit.rlim_cur > INT32_MAX ? INT32_MAX : (int64_t)limit.rlim_cur;
}

void parley_permit_owner(void) {
  mode_t mask = umask(077);
  if (!(mask & 0700)) umask(mask);
}

#ifdef __linux__

// posix_spawn() cannot set a limit, and prlimit() afterwards would be too late: a runtime may read its limit at once.
// So this does what posix_spawn() does: the child shares this process's memory until it runs the program.

static void close_from(int first) {
#ifdef SYS_close_range
  if (syscall(SYS_close_range, first, ~0U, 0) == 0) return;
#endif
  // A kernel before 5.9. The numbers are below the limit, raised or not.
  long end = sysconf(_SC_OPEN_MAX);
  for (int number = first; number < end && number < 1 << 20; number++) close(number);
}

// Makes descriptors[i] number i. Returns 0 or an errno.
static int place_descriptors(const int *descriptors, int count, int *moved) {
  for (int i = 0; i < count; i++) {
    moved[i] = descriptors[i];
    // A target number may be the source of another descriptor, so move such sources out of the way first.
    if (moved[i] < count && (moved[i] = fcntl(descriptors[i], F_DUPFD_CLOEXEC, count)) < 0) return errno;
  }
  for (int i = 0; i < count; i++) {
    while (dup2(moved[i], i) < 0) {
      if (errno != EINTR && errno != EBUSY) return errno;
    }
  }
  close_from(count);
  return 0;
}

static _Noreturn void become(const parley_spawn_request *request, int *moved, volatile int *failure) {
  struct sigaction action = {.sa_handler = SIG_DFL};
  for (int number = 1; number < NSIG; number++) sigaction(number, &action, NULL);
  if (request->own_session) {
    action.sa_handler = SIG_IGN;
    const int endings[] = {SIGTERM, SIGINT, SIGHUP, SIGQUIT};
    for (int i = 0; i < 4; i++) sigaction(endings[i], &action, NULL);
  }
  int status = 0;
  if (request->own_session ? setsid() < 0 : setpgid(0, 0) < 0) status = errno;
  if (!status && request->dies_with_parent && prctl(PR_SET_PDEATHSIG, SIGKILL) < 0) status = errno;
  if (!status && request->directory && chdir(request->directory) < 0) status = errno;
  if (!status) status = place_descriptors(request->descriptors, request->descriptor_count, moved);
  if (!status && has_raised && setrlimit(RLIMIT_NOFILE, &first_limit) < 0) status = errno;
  if (!status) {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execve(request->program, request->arguments, request->environment);
    status = errno;
  }
  *failure = status;
  _exit(127);
}

int parley_spawn(const parley_spawn_request *request, pid_t *child) {
  int *moved = calloc((size_t)request->descriptor_count + 1, sizeof *moved);
  if (!moved) return ENOMEM;
  // No handler of this process may run in the child, which shares its memory.
  sigset_t every, before;
  sigfillset(&every);
  pthread_sigmask(SIG_SETMASK, &every, &before);
  volatile int failure = 0;
  pid_t id = vfork();
  if (id == 0) become(request, moved, &failure);
  int status = id < 0 ? errno : failure;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  if (id > 0 && status) {
    while (waitpid(id, NULL, 0) < 0 && errno == EINTR) {}
  } else if (id > 0) {
    *child = id;
  }
  free(moved);
  return status;
}

int parley_adopt_orphans(void) { return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); }

#else

// Here the children keep the raised limit.
int parley_spawn(const parley_spawn_request *request, pid_t *child) {
  int count = request->descriptor_count;
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  int status = posix_spawn_file_actions_init(&actions);
  if (status) return status;
  if ((status = posix_spawnattr_init(&attributes))) {
    posix_spawn_file_actions_destroy(&actions);
    return status;
  }
  int *moved = calloc((size_t)count + 1, sizeof *moved);
  if (!moved) status = ENOMEM;
  for (int i = 0; moved && i < count; i++) moved[i] = -1;
  // A target number may be the source of another descriptor, so move all sources out of the way first.
  for (int i = 0; i < count && !status; i++) {
    moved[i] = fcntl(request->descriptors[i], F_DUPFD_CLOEXEC, count);
    if (moved[i] < 0) status = errno;
    else status = posix_spawn_file_actions_adddup2(&actions, moved[i], i);
  }
  if (!status && request->directory) status = posix_spawn_file_actions_addchdir_np(&actions, request->directory);
  sigset_t defaults, none;
  sigfillset(&defaults);
  sigemptyset(&none);
  if (request->own_session) {
    // An ignored signal stays ignored in the child, unless it is reset.
    const int endings[] = {SIGTERM, SIGINT, SIGHUP, SIGQUIT};
    for (int i = 0; i < 4; i++) sigdelset(&defaults, endings[i]);
  }
  short flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_CLOEXEC_DEFAULT;
  flags |= request->own_session ? POSIX_SPAWN_SETSID : POSIX_SPAWN_SETPGROUP;
  if (!status) status = posix_spawnattr_setsigdefault(&attributes, &defaults);
  if (!status) status = posix_spawnattr_setsigmask(&attributes, &none);
  if (!status) status = posix_spawnattr_setflags(&attributes, flags);
  if (!status) {
    status = posix_spawn(child, request->program, &actions, &attributes, request->arguments, request->environment);
  }
  for (int i = 0; moved && i < count; i++) {
    if (moved[i] >= 0) close(moved[i]);
  }
  free(moved);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return status;
}

int parley_adopt_orphans(void) {
  errno = ENOSYS;
  return -1;
}

#endif
