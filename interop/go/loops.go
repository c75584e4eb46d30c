package main

import (
	"bytes"
	"fmt"
	"io"
	"time"
)

// The verbs echo and ping, which measure.

func findLoopChannel(given values) (*channel, error) {
	c, err := findChannel(given)
	if err != nil {
		return nil, err
	}
	if c.transport.isOneWay {
		return nil, fail("usage", "channel %q is one way; echo and ping need both", c.name)
	}
	return c, c.checkHasPeer()
}

func (c *channel) receiveInLoop() ([]byte, error) {
	message, err := c.carrier.receive(never)
	if err == io.EOF {
		return nil, fail("closed", "the peer of channel %q ended the stream in the loop", c.name)
	}
	return message, err
}

func echo(given values) (string, error) {
	c, err := findLoopChannel(given)
	for count := given.number("count", 0); err == nil && count > 0; count-- {
		var message []byte
		if message, err = c.receiveInLoop(); err == nil {
			err = c.send(message) // Straight from the receive buffer: nothing is copied or allocated.
			c.carrier.consume()
		}
	}
	return "", err
}

func ping(given values) (string, error) {
	c, err := findLoopChannel(given)
	if err != nil {
		return "", err
	}
	size := given.number("size", 0)
	if size > c.limit {
		return "", tooLarge("the message", uint64(size), c.limit)
	}
	payload := bytes.Repeat([]byte("p"), size) // A byte that every framing can carry.
	started := time.Now()
	for count := given.number("count", 0); count > 0; count-- {
		if err := c.send(payload); err != nil {
			return "", err
		}
		if _, err := c.receiveInLoop(); err != nil {
			return "", err
		}
		c.carrier.consume()
	}
	return fmt.Sprintf("nanoseconds=%d", time.Since(started)), nil
}
