package main

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

const oPath = 0x200000 // O_PATH of Linux, which package syscall lacks: refers to a file without opening it

// bind binds the socket. If a stale file has its path, which no process holds, that is removed.
func (c *channel) bind(socket descriptor, address syscall.Sockaddr) error {
	unix, isUnix := address.(*syscall.SockaddrUnix)
	if !isUnix || unix.Name[0] == '@' {
		return syscall.Bind(int(socket), address)
	}
	err := c.bindToFile(socket, unix)
	if err != syscall.EADDRINUSE {
		return err
	}
	if err = removeStale(unix); err != nil {
		return err
	}
	return c.bindToFile(socket, unix)
}

// bindToFile binds, which makes the file, and notes which file that is: when it is to be removed, somebody else may have put another one
// there. As long as the socket is open, no other file gets its number.
func (c *channel) bindToFile(socket descriptor, address *syscall.SockaddrUnix) error {
	return makeLeftover(c, func() (func(), error) {
		if err := syscall.Bind(int(socket), address); err != nil {
			return nil, err
		}
		made, err := os.Lstat(address.Name)
		return func() {
			if isFile(address.Name, made) {
				os.Remove(address.Name)
			}
		}, err
	})
}

// isFile says whether the path still leads to that file: the device and the number of both are the same.
func isFile(path string, file fs.FileInfo) bool {
	now, err := os.Lstat(path)
	return err == nil && os.SameFile(now, file)
}

func removeStale(address *syscall.SockaddrUnix) error {
	path := address.Name
	// Held until the end: the number of a file that is gone and held by nobody may be the next file's.
	held, err := os.OpenFile(path, oPath|syscall.O_NOFOLLOW, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer held.Close()
	found, err := held.Stat()
	if err != nil {
		return err
	}
	if found.Mode().Type() != fs.ModeSocket {
		return fail("exists", "%s is there and is not a socket; choose another path, or remove it", path)
	}
	if !isStale(address) {
		return fail("exists", "the socket %s is in use; choose another path, or end the program that has it", path)
	}
	if !isFile(path, found) {
		return fail("exists", "somebody else listens at %s since a moment ago; choose another path", path)
	}
	return os.Remove(path)
}

// isStale connects a datagram socket, whatever kind of socket is to be bound. A listener of another kind refuses it (EPROTOTYPE) and never
// notices; one of its own kind it would take for a peer. A datagram socket there does not notice either, since connecting only records
// the address on our side. Only ECONNREFUSED means that nobody has the file.
func isStale(address *syscall.SockaddrUnix) bool {
	number, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_DGRAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return false
	}
	probe := descriptor(number)
	defer probe.close()
	return syscall.Connect(number, address) == syscall.ECONNREFUSED
}
