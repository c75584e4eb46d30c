package main

import (
	"os"
	"os/signal"
	"syscall"
	"time"
	"unsafe"
)

// The system call that waits for a peer does not notice that the commands have ended, and so the endpoint would outlive whoever started
// it. Two goroutines look after that and after SIGTERM. They sleep all the time, read nothing, and cost the main goroutine nothing.

const commands descriptor = 0

const (
	lookInterval     = 10 * time.Millisecond
	patientLooks     = 4 // A command that is under way when the input ends gets 40 ms to come to its end.
	terminalInterval = 30 * time.Millisecond
)

func startWatcher() {
	terminated := make(chan os.Signal, 1)
	signal.Notify(terminated, syscall.SIGTERM)
	go func() {
		<-terminated
		removeAllLeftovers()
		signal.Reset(syscall.SIGTERM)
		syscall.Kill(os.Getpid(), syscall.SIGTERM) // So that the parent sees what the end was.
	}()
	go func() {
		awaitEndOfCommands()
		awaitStandstill()
		removeAllLeftovers()
		os.Exit(0)
	}()
}

func awaitEndOfCommands() {
	if isTerminal(commands) {
		for !hasEndedByCtrlD() {
			time.Sleep(terminalInterval)
		}
		return
	}
	// A pipe without writers hangs up, which need not be asked for. POLLRDHUP is a socket whose other side has stopped writing only.
	// A regular file never hangs up: the commands in it are all obeyed.
	for {
		if events, _ := commands.poll(pollRdhup, -1); events != 0 {
			return
		}
	}
}

// awaitStandstill returns when the main goroutine has waited in the same command for a while. As long as it goes on, it will find the
// end of the commands itself.
func awaitStandstill() {
	looks, seen := 0, uint64(0)
	for looks < patientLooks || !progress.waits.Load() {
		time.Sleep(lookInterval)
		command := progress.command.Load()
		if command == 0 || command != seen {
			looks, seen = 0, command
		} else {
			looks++
		}
	}
}

func isTerminal(d descriptor) bool {
	var settings syscall.Termios
	_, _, errno := syscall.Syscall(syscall.SYS_IOCTL, uintptr(d), syscall.TCGETS, uintptr(unsafe.Pointer(&settings)))
	return errno == 0
}

// hasEndedByCtrlD looks at a terminal, which does not hang up at Ctrl-D: it can be read and has no byte. Between two commands that is
// for the main goroutine to see.
func hasEndedByCtrlD() bool {
	events, err := commands.poll(pollIn, 0)
	if err != nil || progress.command.Load() == 0 {
		return false
	}
	var count int32
	_, _, errno := syscall.Syscall(syscall.SYS_IOCTL, uintptr(commands), syscall.TIOCINQ, uintptr(unsafe.Pointer(&count)))
	return events&^pollIn != 0 || (events != 0 && errno == 0 && count == 0)
}
