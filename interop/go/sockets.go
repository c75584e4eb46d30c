package main

import (
	"fmt"
	"syscall"
	"time"
)

const backlog = 16

func openSocket(c *channel, address string) (chosen string, err error) {
	socketAddress, err := c.transport.parse(address, c.role)
	if err != nil {
		return "", err
	}
	// SOCK_CLOEXEC in the call itself: with a second call another goroutine's fork could come between.
	number, err := syscall.Socket(c.transport.family, c.transport.kind|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return "", fmt.Errorf("cannot make a socket for %s: %w", address, err)
	}
	socket := descriptor(number)
	if c.role == "listen" {
		chosen, err = c.listen(socket, socketAddress)
	} else {
		err = c.connect(socket, socketAddress)
	}
	if err != nil {
		socket.close()
		return "", fmt.Errorf("cannot %s at %s: %w", c.role, address, err)
	}
	return chosen, nil
}

// listen binds the socket, which is the channel's from then on.
func (c *channel) listen(socket descriptor, address syscall.Sockaddr) (chosen string, err error) {
	inet, isInet := address.(*syscall.SockaddrInet4)
	if isInet {
		// Connections of an earlier listener that are in TIME_WAIT must not keep the port from this one.
		syscall.SetsockoptInt(int(socket), syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1)
	}
	if err = c.bind(socket, address); err != nil {
		return "", err
	}
	if c.transport.isDatagram() {
		// There are no connections to accept: the bound socket itself gets what anybody sends to it.
		c.carry(socket)
		return "", nil
	}
	if err = syscall.Listen(int(socket), backlog); err != nil {
		return "", err
	}
	if isInet && inet.Port == 0 {
		bound, err := syscall.Getsockname(int(socket))
		if err != nil {
			return "", err
		}
		chosen = fmt.Sprintf("127.0.0.1:%d", bound.(*syscall.SockaddrInet4).Port)
	}
	c.listener = socket
	return chosen, nil
}

func (c *channel) connect(socket descriptor, address syscall.Sockaddr) error {
	waitBegins() // Until the listener's queue has room.
	err := syscall.Connect(int(socket), address)
	for err == syscall.EINTR {
		err = syscall.Connect(int(socket), address) // The interrupted attempt goes on in the kernel: this waits for it.
	}
	waitEnds()
	if err != nil && err != syscall.EISCONN {
		return err
	}
	if err = c.sendAtOnce(socket); err != nil {
		return err
	}
	c.carry(socket)
	return nil
}

// sendAtOnce: otherwise a small message over TCP waits until the peer has confirmed the one before, which may take 40 ms.
func (c *channel) sendAtOnce(socket descriptor) error {
	if c.transport.family != syscall.AF_INET {
		return nil
	}
	return syscall.SetsockoptInt(int(socket), syscall.IPPROTO_TCP, syscall.TCP_NODELAY, 1)
}

func (c *channel) accept(deadline time.Time) error {
	for {
		if err := c.listener.awaitReadable(deadline); err != nil {
			return err
		}
		waitBegins()
		number, _, err := syscall.Accept4(int(c.listener), syscall.SOCK_CLOEXEC)
		waitEnds()
		// ECONNABORTED: that peer gave up while it waited; the next one may be serious.
		if err == syscall.ECONNABORTED || (err != nil && c.listener.isToRepeat(err, pollIn)) {
			continue
		}
		if err != nil {
			return fmt.Errorf("cannot accept: %w", err)
		}
		c.carry(descriptor(number))
		return c.sendAtOnce(descriptor(number))
	}
}
