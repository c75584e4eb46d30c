package main

import (
	"io"
	"io/fs"
	"os"
	"syscall"
)

// readFile gives the content of a regular file of at most `limit` bytes, for send file=.
func readFile(path string, limit int) ([]byte, error) {
	// Looked at before it is opened: opening a device can have effects, and a FIFO's writer that waits for a reader would find one.
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if err := checkRegular(info, path); err != nil {
		return nil, err
	}
	// If the path has become a FIFO since, O_NONBLOCK keeps the open from waiting for a writer. On a regular file it does nothing.
	file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if info, err = file.Stat(); err != nil {
		return nil, err
	}
	if err := checkRegular(info, path); err != nil {
		return nil, err
	}
	if info.Size() > int64(limit) {
		return nil, tooLarge(path, uint64(info.Size()), limit)
	}
	content := make([]byte, info.Size())
	count, err := io.ReadFull(file, content)
	if err == io.EOF || err == io.ErrUnexpectedEOF { // Somebody has just cut it.
		err = nil
	}
	return content[:count], err
}

func checkRegular(info fs.FileInfo, path string) error {
	if !info.Mode().IsRegular() {
		return fail("usage", "%s is not a regular file; only a regular file can be sent", path)
	}
	return nil
}

// writeFile makes or replaces a file, for receive file=.
func writeFile(path string, content []byte) error {
	// A disk is waited for as well, but never for long: only what is no file counts as waiting, such as a FIFO whose reader is slow.
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		waitBegins()
		defer waitEnds()
	}
	return os.WriteFile(path, content, 0o600)
}
