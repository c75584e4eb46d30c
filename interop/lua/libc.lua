-- What is used of the C library, declared as its headers do.
--
-- The numbers are those of Linux on x86-64 and AArch64, which are equal. Where the layout of a record is not the same everywhere, as of
-- struct stat, a call is used whose record is.
local ffi = require("ffi")

ffi.cdef [[
typedef long ssize_t;
typedef unsigned int mode_t, socklen_t;
typedef unsigned long nfds_t;
typedef struct { unsigned long words[16]; } sigset_t;
typedef void (*sighandler_t)(int);

struct timespec { long tv_sec; long tv_nsec; };
struct pollfd { int fd; short events; short revents; };
struct sockaddr_un { uint16_t sun_family; uint8_t sun_path[108]; };
struct sockaddr_in { uint16_t sin_family; uint8_t sin_port[2]; uint8_t sin_addr[4]; uint8_t sin_zero[8]; };
struct statx_timestamp { int64_t tv_sec; uint32_t tv_nsec; int32_t reserved; };
struct statx {
  uint32_t stx_mask, stx_blksize;
  uint64_t stx_attributes;
  uint32_t stx_nlink, stx_uid, stx_gid;
  uint16_t stx_mode, stx_spare0;
  uint64_t stx_ino, stx_size, stx_blocks, stx_attributes_mask;
  struct statx_timestamp stx_atime, stx_btime, stx_ctime, stx_mtime;
  uint32_t stx_rdev_major, stx_rdev_minor, stx_dev_major, stx_dev_minor;
  uint64_t stx_spare2[14];
};

void *realloc(void *memory, size_t size);
void free(void *memory);
void *memchr(const void *memory, int byte, size_t size);
void *memmove(void *to, const void *from, size_t size);
char *strerror(int code);

int open(const char *path, int flags, ...);
int close(int descriptor);
ssize_t read(int descriptor, void *bytes, size_t size);
ssize_t write(int descriptor, const void *bytes, size_t size);
ssize_t pread(int descriptor, void *bytes, size_t size, int64_t offset) __asm__("pread64");
ssize_t pwrite(int descriptor, const void *bytes, size_t size, int64_t offset) __asm__("pwrite64");
int unlink(const char *path);
int statx(int folder, const char *path, int flags, unsigned int mask, struct statx *status);
int fcntl(int descriptor, int command, ...);
int ioctl(int descriptor, unsigned long request, ...);
int isatty(int descriptor);

int socket(int family, int type, int protocol);
int bind(int descriptor, const void *address, socklen_t length);
int listen(int descriptor, int backlog);
int connect(int descriptor, const void *address, socklen_t length);
int accept4(int descriptor, void *address, socklen_t *length, int flags);
int getsockname(int descriptor, void *address, socklen_t *length);
int setsockopt(int descriptor, int level, int option, const void *value, socklen_t length);
int getsockopt(int descriptor, int level, int option, void *value, socklen_t *length);
int shutdown(int descriptor, int how);
ssize_t send(int descriptor, const void *bytes, size_t size, int flags);
ssize_t recv(int descriptor, void *bytes, size_t size, int flags);

int poll(struct pollfd *watched, nfds_t count, int milliseconds);
int clock_gettime(int clock, struct timespec *now);
sighandler_t signal(int number, sighandler_t handler);
int sigemptyset(sigset_t *set);
int sigaddset(sigset_t *set, int number);
int sigprocmask(int how, const sigset_t *set, sigset_t *old);
int signalfd(int descriptor, const sigset_t *set, int flags);
int raise(int number);
]]

local libc = {
  ffi = ffi,
  C = ffi.C,

  EPERM = 1, ENOENT = 2, EINTR = 4, ENXIO = 6, EBADF = 9, EAGAIN = 11, ENOMEM = 12, EACCES = 13, EEXIST = 17, ENOTDIR = 20, EISDIR = 21,
  ENFILE = 23, EMFILE = 24, ENOSPC = 28, EROFS = 30, EPIPE = 32, ENAMETOOLONG = 36, EMSGSIZE = 90, EPROTOTYPE = 91,
  EPROTONOSUPPORT = 93, EOPNOTSUPP = 95, EAFNOSUPPORT = 97, EADDRINUSE = 98, ECONNABORTED = 103, ECONNRESET = 104, ENOTCONN = 107,
  ETIMEDOUT = 110, ECONNREFUSED = 111, EINPROGRESS = 115,

  O_RDONLY = 0, O_WRONLY = 1, O_RDWR = 2, O_ACCMODE = 3,
  O_CREAT = 0x40, O_TRUNC = 0x200, O_NONBLOCK = 0x800, O_CLOEXEC = 0x80000, O_PATH = 0x200000,
  F_SETFD = 2, F_GETFL = 3, FD_CLOEXEC = 1,
  FIONREAD = 0x541B,
  AT_FDCWD = -100, AT_SYMLINK_NOFOLLOW = 0x100, AT_EMPTY_PATH = 0x1000, STATX_BASIC_STATS = 0x7ff,
  S_IFMT = 0xF000, S_IFIFO = 0x1000, S_IFREG = 0x8000, S_IFSOCK = 0xC000,
  PIPE_BUF = 4096,

  AF_UNIX = 1, AF_INET = 2,
  SOCK_STREAM = 1, SOCK_DGRAM = 2, SOCK_SEQPACKET = 5, SOCK_NONBLOCK = 0x800, SOCK_CLOEXEC = 0x80000,
  SOL_SOCKET = 1, SO_REUSEADDR = 2, SO_TYPE = 3, SO_ERROR = 4, IPPROTO_TCP = 6, TCP_NODELAY = 1,
  MSG_PEEK = 2, MSG_TRUNC = 0x20, MSG_DONTWAIT = 0x40, MSG_NOSIGNAL = 0x4000,
  SHUT_WR = 1,

  POLLIN = 1, POLLOUT = 4, POLLRDHUP = 0x2000,
  CLOCK_MONOTONIC = 1,
  SIGPIPE = 13, SIGTERM = 15, SIG_BLOCK = 0, SIG_UNBLOCK = 1, SFD_CLOEXEC = 0x80000,
  SIG_DFL = ffi.cast("sighandler_t", 0),
  SIG_IGN = ffi.cast("sighandler_t", 1),
}

-- Calls a function of the C library that returns -1 and sets errno. Gives its result, or nil and errno.
-- EINTR says that a signal came before anything was done; then ask again.
function libc.system(call, ...)
  while true do
    local result = call(...)
    local code = ffi.errno() -- Right behind the call: the next one may change it.
    -- A 64-bit result is a boxed integer. As a Lua number it is exact up to 2^53, and no size here is that large.
    result = tonumber(result)
    if result >= 0 then return result end
    if code ~= libc.EINTR then return nil, code end
  end
end

-- Lua passes its numbers to the ... of a C function as doubles. What shall be an int there has to be made one.
local int = ffi.typeof("int")

function libc.open(path, flags)
  return libc.system(ffi.C.open, path, bit.bor(flags, libc.O_CLOEXEC), int(384)) -- 0600; Lua has no octal numbers
end

function libc.fcntl(descriptor, command, argument)
  return libc.system(ffi.C.fcntl, descriptor, command, int(argument or 0))
end

-- Never repeated: on Linux the descriptor is gone even after EINTR, and its number may be another file's by then.
function libc.close(descriptor)
  ffi.C.close(descriptor)
end

return libc
