package main

import (
	"fmt"
	"io/fs"
	"math"
	"os"
	"syscall"
)

func openFifo(c *channel, path string) (chosen string, err error) {
	// Looked at before it is opened: opening a device can have effects, and opening for reading can wait for ever.
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	if info.Mode().Type() != fs.ModeNamedPipe {
		return "", fail("usage", "%s is not a FIFO; make one with mkfifo", path)
	}
	// Never O_RDWR, with which Linux does not wait for the other end: a reader would be its own writer, and the end would never come.
	// Nor O_NONBLOCK, with which a writer fails if there is no reader yet.
	direction := syscall.O_RDONLY
	if c.role == "write" {
		direction = syscall.O_WRONLY
	}
	waitBegins() // Until somebody has opened the other end.
	defer waitEnds()
	for {
		number, err := syscall.Open(path, direction|syscall.O_CLOEXEC, 0)
		if err == nil {
			c.carry(descriptor(number))
			return "", nil
		}
		if err != syscall.EINTR {
			return "", fmt.Errorf("cannot open %s: %w", path, err)
		}
	}
}

// openInherited takes over a descriptor that the parent process left open for us.
func openInherited(c *channel, text string) (chosen string, err error) {
	number, err := parseNumber(text, 3, math.MaxInt32) // 0 to 2 carry the commands, the replies and the log.
	if err != nil {
		return "", err
	}
	inherited := descriptor(number)
	flags, err := inherited.control(syscall.F_GETFD)
	if err != nil {
		return "", err
	}
	// It came through an exec, so it has not the flag that closes it there. Whatever has it is our own, such as the runtime's poller.
	if flags&syscall.FD_CLOEXEC != 0 {
		return "", fail("usage", "descriptor %d was not inherited, or is another channel's; pass one that is", number)
	}
	if !c.isRightEnd(inherited) {
		return "", fail("usage", "descriptor %d is not the end of a %s that role=%s needs", number, c.transport.name, c.role)
	}
	syscall.CloseOnExec(number)
	c.carry(inherited)
	return "", nil
}

func (c *channel) isRightEnd(inherited descriptor) bool {
	if c.transport.name == "socketpair" {
		kind, err := syscall.GetsockoptInt(int(inherited), syscall.SOL_SOCKET, syscall.SO_TYPE)
		return err == nil && kind == syscall.SOCK_STREAM
	}
	var status syscall.Stat_t
	flags, err := inherited.control(syscall.F_GETFL)
	if err != nil || syscall.Fstat(int(inherited), &status) != nil || status.Mode&syscall.S_IFMT != syscall.S_IFIFO {
		return false
	}
	wrongEnd := map[string]int{"read": syscall.O_WRONLY, "write": syscall.O_RDONLY}[c.role]
	return flags&syscall.O_ACCMODE != wrongEnd
}

// control is fcntl for the commands without an argument. Package syscall does not have it for everybody.
func (d descriptor) control(command int) (int, error) {
	flags, _, errno := syscall.Syscall(syscall.SYS_FCNTL, uintptr(d), uintptr(command), 0)
	if errno != 0 {
		return 0, fmt.Errorf("cannot use descriptor %d: %w", d, errno)
	}
	return int(flags), nil
}
