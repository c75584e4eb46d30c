// The Go endpoint: local channels on Linux with the standard library.
//
// It obeys the commands of ../PROTOCOL.md, one a line on standard input, and answers each with one line on standard output. Every other
// file is one subject. To read from the bottom of the stack to the top:
//
//	failures       the system's errors become the protocol's kinds, in one place
//	descriptors    interrupted, partial and non-blocking reads and writes
//	waiting        for a peer: deadlines, and that it waits
//	framings       pure functions: bytes in, decision out; contentlength has the longest of them
//	streams        messages in a stream, which need a framing
//	packets        messages whose bounds the system keeps
//	mappings       a file as memory; slots and cells are messages in one
//	files          a message from a file, a message into a file
//	leftovers      what must not outlive the process
//	addresses      addresses of sockets
//	sockets        listening, accepting, connecting; socketfiles has what a path needs beside that
//	pipes          FIFOs and inherited descriptors
//	handshake      both sides prove that they have the key
//	transports     the table of them
//	channels       what is open
//	tokens         values as the protocol writes them; jsontokens has the way back from JSON
//	layouts        the verb layout
//	opening        the verb open
//	verbs          the other verbs, one function each; loops has echo and ping
//	lines          the grammar of a command
//	commands       which verb has which keys
//	watcher        the end of the commands, and SIGTERM, while the endpoint waits
package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"time"
)

const replies descriptor = 1

func main() {
	// The runtime opens its poller, three descriptors, at the first timer or file, whoever has that. So have the first one now: later it
	// would look like a leak, and if no descriptors are left then, the runtime ends the process.
	time.Sleep(time.Nanosecond)
	startWatcher()
	err := obeyAll(bufio.NewReaderSize(commands, longestLine+1))
	closeAllChannels()
	if err != nil {
		fmt.Fprintln(os.Stderr, "cannot go on:", err)
		os.Exit(1)
	}
}

func obeyAll(input *bufio.Reader) error {
	for number := uint64(1); ; number++ {
		line, err := input.ReadSlice('\n')
		isTooLong := err == bufio.ErrBufferFull
		for err == bufio.ErrBufferFull {
			_, err = input.ReadSlice('\n')
		}
		if err == io.EOF {
			return nil // A last line without LF is not obeyed.
		}
		if err != nil {
			return err
		}
		reply := asReply("", fail("usage", "the line has more than %d bytes; send a long message with file=", longestLine))
		if !isTooLong {
			progress.command.Store(number)
			reply = asReply(obey(string(line[:len(line)-1])))
			progress.command.Store(0) // Whoever reads the reply may take their time.
		}
		if _, err := io.WriteString(replies, reply+"\n"); err != nil {
			return err // There is nobody left to answer to.
		}
	}
}
