package main

import (
	"fmt"
	"os"
	"runtime/debug"
	"syscall"
)

// A mapping is the beginning of a file as memory. It keeps the file open to look at its size.
type mapping struct {
	file  *os.File
	bytes []byte
}

// openMapping maps a file. The writer makes one that is missing, and extends one that is short.
func openMapping(c *channel, path string, size int) (*mapping, error) {
	// Looked at before it is opened, which could wait for ever on a FIFO.
	info, err := os.Stat(path)
	isWriter := c.role == "write"
	if err == nil && !info.Mode().IsRegular() {
		return nil, fail("usage", "%s is not a regular file; a %s lives in one", path, c.transport.name)
	}
	flags := os.O_RDWR // The reader of a cell stores too.
	if isWriter {
		flags |= os.O_CREATE
	} else if c.transport.name == "file-slot" {
		flags = os.O_RDONLY
	}
	file, err := os.OpenFile(path, flags, 0o600)
	if err != nil {
		return nil, err
	}
	m := &mapping{file: file}
	if err := m.mapFile(isWriter, flags, size); err != nil {
		file.Close()
		return nil, fmt.Errorf("cannot map %s: %w", path, err)
	}
	return m, nil
}

func (m *mapping) mapFile(isWriter bool, flags, size int) (err error) {
	if isWriter {
		// Not Truncate: that leaves a hole, and touching it on a full disk is a fault.
		err = syscall.EINTR
		for err == syscall.EINTR {
			err = syscall.Fallocate(int(m.file.Fd()), 0, 0, int64(size))
		}
	} else {
		err = m.check(size, "malformed")
	}
	if err != nil {
		return err
	}
	protection := syscall.PROT_READ
	if flags&os.O_RDWR != 0 {
		protection |= syscall.PROT_WRITE
	}
	m.bytes, err = syscall.Mmap(int(m.file.Fd()), 0, size, protection, syscall.MAP_SHARED)
	return err
}

func (m *mapping) check(size int, kind string) error {
	info, err := m.file.Stat()
	if err == nil && info.Size() < int64(size) {
		return fail(kind, "%s has %d bytes instead of %d; let its writer open it anew", m.file.Name(), info.Size(), size)
	}
	return err
}

// touch runs what accesses the bytes. A mapping does not keep its file long: where the file has been cut, an access is a fault, which ends
// a Go program. So look at the size first. Should somebody cut the file right after that, the fault is made a panic, and that an error.
func (m *mapping) touch(access func()) (err error) {
	if err := m.check(len(m.bytes), "truncated"); err != nil {
		return err
	}
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		switch fault := recover().(type) {
		case nil:
		case interface{ Addr() uintptr }:
			err = fail("truncated", "%s was cut while it was in use, or its disk is full; let its writer open it anew", m.file.Name())
		default:
			panic(fault)
		}
	}()
	access()
	return nil
}

func (m *mapping) close() {
	syscall.Munmap(m.bytes)
	m.file.Close()
}
