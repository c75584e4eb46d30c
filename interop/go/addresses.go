package main

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// What a socket address holds beside the NUL: 107 bytes on Linux.
const longestPath = len(syscall.RawSockaddrUnix{}.Path) - 1

func pathAddress(text, role string) (syscall.Sockaddr, error) {
	if strings.HasPrefix(text, "@") {
		text = "./" + text // In Go a name that starts with @ is an abstract one. Here it is a file in this folder.
	}
	if len(text) > longestPath {
		return nil, fail("usage", "the socket path has %d bytes and may have %d; choose a shorter folder", len(text), longestPath)
	}
	return &syscall.SockaddrUnix{Name: text}, nil
}

func abstractAddress(text, role string) (syscall.Sockaddr, error) {
	if !strings.HasPrefix(text, "@") || len(text) < 2 || len(text) > longestPath+1 {
		return nil, fail("usage", "an abstract address is @ and a name of 1 to %d bytes", longestPath)
	}
	// Go puts a NUL in place of the @, and says the exact length: padding would be part of the name, and no peer would find it.
	return &syscall.SockaddrUnix{Name: text}, nil
}

// pipeNameAddress gives the place where .NET puts the socket of NamedPipeServerStream. A name that .NET refuses is refused here too, or
// the two ends would never meet.
func pipeNameAddress(text, role string) (syscall.Sockaddr, error) {
	if filepath.IsAbs(text) {
		return pathAddress(text, role)
	}
	if strings.Contains(text, "/") || strings.EqualFold(text, "anonymous") {
		return nil, fail("usage", "%q is not the name of a .NET pipe, which has no slash and is not \"anonymous\"", text)
	}
	return pathAddress(strings.TrimSuffix(os.TempDir(), "/")+"/CoreFxPipe_"+text, role)
}

func tcpAddress(text, role string) (syscall.Sockaddr, error) {
	digits := strings.TrimPrefix(text, "127.0.0.1:")
	port, err := parseNumber(digits, 0, 65535)
	if digits == text || err != nil || (port == 0 && role == "connect") {
		return nil, fail("usage", "%q is not 127.0.0.1:PORT; only the loopback address is allowed, and port 0 only to listen", text)
	}
	return &syscall.SockaddrInet4{Port: port, Addr: [4]byte{127, 0, 0, 1}}, nil
}

// parseNumber reads decimal digits without a sign and without zeros in front, which strconv alone would take.
func parseNumber(text string, smallest, largest int) (int, error) {
	number, err := strconv.Atoi(text)
	if err != nil || strconv.Itoa(number) != text || number < smallest || number > largest {
		return 0, fail("usage", "%q is not a number from %d to %d", text, smallest, largest)
	}
	return number, nil
}
