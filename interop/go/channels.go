package main

import "time"

// A channel is what `open` opens.
type channel struct {
	name      string
	transport *transport
	role      string
	framing   *framing
	limit     int
	key       []byte // of the handshake; nil if there is none

	listener descriptor
	carrier  carrier // nil until a listener's peer is accepted
}

// A carrier moves whole messages, whatever is below.
type carrier interface {
	// receive gives the next message, or io.EOF at the clean end of the stream. The message is given again until it is consumed, and
	// valid until then. What has come of one by the deadline is kept.
	receive(deadline time.Time) ([]byte, error)
	consume()
	send(message []byte) error
	close()
}

// A halfCloser is a carrier whose peer can be told that nothing more will come.
type halfCloser interface{ halfClose() error }

// channels are those that are open, by name.
var channels = map[string]*channel{}

func (c *channel) close() {
	// The file goes before the listener: a peer that finds no file learns more than one that finds a file where nobody listens.
	removeLeftover(c)
	c.listener.close()
	if c.carrier != nil {
		c.carrier.close()
	}
	delete(channels, c.name)
}

func closeAllChannels() {
	for _, open := range channels {
		open.close()
	}
}

// On a one-way channel the first of the transport's roles receives, and the second sends.

func (c *channel) receives() bool { return !c.transport.isOneWay || c.role == c.transport.roles[0] }

func (c *channel) sends() bool { return !c.transport.isOneWay || c.role == c.transport.roles[1] }
