package main

import (
	"errors"
	"fmt"
	"syscall"
)

// A failure is an error in the words of ../PROTOCOL.md: a kind, and a sentence for people.
type failure struct{ kind, message string }

func (f failure) Error() string { return f.message }

func fail(kind, format string, values ...any) error {
	return failure{kind, fmt.Sprintf(format, values...)}
}

func tooLarge(what string, length uint64, limit int) error {
	return fail("too-large", "%s has %d bytes and the channel's limit is %d; raise limit= when opening", what, length, limit)
}

// What the system refuses travels as an ordinary Go error that wraps its errno. Only here does the errno become a kind.
var kinds = map[syscall.Errno]string{
	syscall.EMSGSIZE:        "too-large",
	syscall.EPIPE:           "closed",
	syscall.ECONNRESET:      "reset",
	syscall.ECONNREFUSED:    "refused",
	syscall.EPROTOTYPE:      "refused",
	syscall.ENOENT:          "missing",
	syscall.ENOTDIR:         "missing",
	syscall.EBADF:           "missing",
	syscall.EADDRINUSE:      "exists",
	syscall.EEXIST:          "exists",
	syscall.EACCES:          "denied",
	syscall.EPERM:           "denied",
	syscall.EROFS:           "denied",
	syscall.ETIMEDOUT:       "timeout",
	syscall.EAFNOSUPPORT:    "unsupported",
	syscall.EPROTONOSUPPORT: "unsupported",
	syscall.EOPNOTSUPP:      "unsupported",
	syscall.ENAMETOOLONG:    "usage",
	syscall.EISDIR:          "usage",
}

var remedies = map[string]string{
	"too-large":   "send a smaller packet, or raise net.core.wmem_max",
	"closed":      "the peer has closed its end, open the channel again",
	"reset":       "the peer went away with unread data, open the channel again",
	"refused":     "start a listener of this transport there first",
	"missing":     "check the path, or pass the descriptor when the endpoint is started",
	"exists":      "choose another address, or end the program that has it",
	"denied":      "check the permissions of the path and of its folder",
	"timeout":     "the peer did not do its part in time, ask again",
	"unsupported": "this system or file system cannot do it, choose another",
	"usage":       "choose another path",
	"internal":    "give the system what it lacks, or see what it does not allow",
}

// asFailure finds the kind of any error.
func asFailure(err error) failure {
	var known failure
	if errors.As(err, &known) {
		return known
	}
	kind := "internal"
	var errno syscall.Errno
	if errors.As(err, &errno) && kinds[errno] != "" {
		kind = kinds[errno]
	}
	return failure{kind, err.Error() + "; " + remedies[kind]}
}
