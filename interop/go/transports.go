package main

import "syscall"

// A transport is one row of the table below.
type transport struct {
	name         string
	roles        [2]string
	isOneWay     bool
	keepsBounds  bool
	canHalfClose bool
	open         func(c *channel, address string) (chosen string, err error)

	// Of those that are sockets:
	family, kind int
	parse        func(address string, role string) (syscall.Sockaddr, error)
}

var (
	listenConnect = [2]string{"listen", "connect"}
	readWrite     = [2]string{"read", "write"}
)

var transports = []*transport{
	{name: "unix", roles: listenConnect, canHalfClose: true, open: openSocket,
		family: syscall.AF_UNIX, kind: syscall.SOCK_STREAM, parse: pathAddress},
	{name: "unix-abstract", roles: listenConnect, canHalfClose: true, open: openSocket,
		family: syscall.AF_UNIX, kind: syscall.SOCK_STREAM, parse: abstractAddress},
	{name: "unix-seqpacket", roles: listenConnect, canHalfClose: true, keepsBounds: true, open: openSocket,
		family: syscall.AF_UNIX, kind: syscall.SOCK_SEQPACKET, parse: pathAddress},
	{name: "unix-datagram", roles: listenConnect, isOneWay: true, keepsBounds: true, open: openSocket,
		family: syscall.AF_UNIX, kind: syscall.SOCK_DGRAM, parse: pathAddress},
	// This socket could be half-closed; but the classes of .NET, for which the transport is there, cannot.
	{name: "dotnet-pipe", roles: listenConnect, open: openSocket,
		family: syscall.AF_UNIX, kind: syscall.SOCK_STREAM, parse: pipeNameAddress},
	{name: "tcp", roles: listenConnect, canHalfClose: true, open: openSocket,
		family: syscall.AF_INET, kind: syscall.SOCK_STREAM, parse: tcpAddress},
	{name: "fifo", roles: readWrite, isOneWay: true, open: openFifo},
	{name: "pipe", roles: readWrite, isOneWay: true, open: openInherited},
	{name: "socketpair", roles: readWrite, canHalfClose: true, open: openInherited},
	{name: "file-slot", roles: readWrite, isOneWay: true, keepsBounds: true, open: openSlot},
	{name: "file-cell", roles: readWrite, isOneWay: true, keepsBounds: true, open: openCell},
}

func (t *transport) isConnected() bool { return t.roles == listenConnect && !t.isOneWay }

func (t *transport) isDatagram() bool { return t.kind == syscall.SOCK_DGRAM }

// carry makes the descriptor carry the channel's messages.
func (c *channel) carry(d descriptor) {
	if c.transport.keepsBounds {
		c.carrier = &packetSocket{descriptor: d, isDatagram: c.transport.isDatagram(), limit: c.limit}
	} else {
		c.carrier = &stream{descriptor: d, framing: c.framing, limit: c.limit}
	}
}
