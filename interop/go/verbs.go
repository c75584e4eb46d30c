package main

import (
	"encoding/hex"
	"fmt"
	"io"
	"runtime"
	"strings"
	"time"
)

func hello(values) (string, error) {
	var transportNames, framingNames, codecNames []string
	for _, known := range transports {
		transportNames = append(transportNames, known.name)
	}
	for _, known := range framings {
		framingNames = append(framingNames, known.String())
	}
	for name := range codecs {
		codecNames = append(codecNames, name)
	}
	return fmt.Sprintf("protocol=1 language=go runtime=%s transports=%s framings=%s codecs=%s features=echo,ping,layout,timeout,authkey",
		encodeValue("Go "+strings.TrimPrefix(runtime.Version(), "go")),
		strings.Join(transportNames, ","), strings.Join(framingNames, ","), strings.Join(codecNames, ",")), nil
}

func findChannel(given values) (*channel, error) {
	found := channels[given["channel"]]
	if found == nil {
		return nil, fail("usage", "channel %q is not open; open it first", given["channel"])
	}
	return found, nil
}

func (c *channel) checkHasPeer() error {
	if c.carrier == nil {
		return fail("usage", "channel %q has no peer yet; accept one first", c.name)
	}
	return nil
}

func (c *channel) checkSends() error {
	if !c.sends() {
		return fail("usage", "channel %q only receives; open the other end with role=%s to send", c.name, c.transport.roles[1])
	}
	return c.checkHasPeer()
}

func (c *channel) checkReceives() error {
	if !c.receives() {
		return fail("usage", "channel %q only sends; open the other end with role=%s to receive", c.name, c.transport.roles[0])
	}
	return c.checkHasPeer()
}

func deadlineOf(given values) time.Time {
	if !given.has("timeout") {
		return never
	}
	return time.Now().Add(time.Duration(given.number("timeout", 0)) * time.Millisecond)
}

func accept(given values) (string, error) {
	deadline := deadlineOf(given)
	c, err := findChannel(given)
	switch {
	case err != nil:
		return "", err
	case c.role != "listen" || c.listener == none:
		return "", fail("usage", "channel %q has nobody to accept: it connects, or datagrams come without a peer", c.name)
	case c.carrier != nil:
		return "", fail("usage", "channel %q has its peer already; open another for the next one", c.name)
	}
	if err = c.accept(deadline); err == nil && c.key != nil {
		err = c.authenticate(deadline)
	}
	return "", err
}

// checkMessageKeys: which of the optional keys of send and receive go together.
func checkMessageKeys(given values, sources ...string) error {
	count := 0
	for _, source := range sources {
		if given.has(source) {
			count++
		}
	}
	if count > 1 {
		return fail("usage", "give only one of %s", strings.Join(sources, ", "))
	}
	if !given.has("codec") && (given.has("value") || given.has("format")) {
		return fail("usage", "value and format belong to a codec; add codec=, or leave them out")
	}
	return nil
}

func checkCodec(given values) error {
	if !given.has("codec") {
		return nil
	}
	if _, isKnown := codecs[given["codec"]]; !isKnown {
		return fail("unsupported", "there is no codec %q here; hello lists them", given["codec"])
	}
	if given.has("format") {
		return fail("usage", "the codec %s has no format; leave it out", given["codec"])
	}
	return nil
}

func send(given values) (string, error) {
	if err := checkMessageKeys(given, "payload", "file", "codec"); err != nil {
		return "", err
	}
	if !given.has("payload") && !given.has("file") && !(given.has("codec") && given.has("value")) {
		return "", fail("usage", "send needs payload, file, or codec and value")
	}
	c, err := findChannel(given)
	if err != nil {
		return "", err
	}
	if err := checkCodec(given); err != nil {
		return "", err
	}
	if err := c.checkSends(); err != nil {
		return "", err
	}
	message, err := messageOf(given, c.limit)
	if err != nil {
		return "", err
	}
	return "", c.send(message)
}

func messageOf(given values, limit int) ([]byte, error) {
	switch {
	case given.has("file"):
		return readFile(given["file"], limit)
	case given.has("codec"):
		return codecs[given["codec"]].encode(given["value"])
	}
	return decodeHex(given["payload"])
}

func (c *channel) send(message []byte) error {
	if len(message) > c.limit {
		return tooLarge("the message", uint64(len(message)), c.limit)
	}
	if err := c.carrier.send(message); err != nil {
		return fmt.Errorf("cannot send on channel %q: %w", c.name, err)
	}
	return nil
}

func receive(given values) (string, error) {
	deadline := deadlineOf(given)
	if err := checkMessageKeys(given, "file", "codec"); err != nil {
		return "", err
	}
	c, err := findChannel(given)
	if err != nil {
		return "", err
	}
	if err := checkCodec(given); err != nil {
		return "", err
	}
	if err := c.checkReceives(); err != nil {
		return "", err
	}
	message, err := c.carrier.receive(deadline)
	if err == io.EOF {
		return "end=true", nil
	}
	if err != nil {
		return "", fmt.Errorf("cannot receive on channel %q: %w", c.name, err)
	}
	reply, err := deliver(message, given)
	// Not before: a message that could not be delivered can be asked for again. What no codec can read nobody asks for again.
	if err == nil || (given.has("codec") && asFailure(err).kind != "usage") {
		c.carrier.consume()
	}
	return reply, err
}

func deliver(message []byte, given values) (string, error) {
	if given.has("file") {
		return fmt.Sprintf("length=%d", len(message)), writeFile(given["file"], message)
	}
	if given.has("codec") {
		const start = "value="
		tokens, err := codecs[given["codec"]].decode(message, longestLine-len("ok "+start))
		return start + tokens, err
	}
	const start = "payload="
	if len("ok "+start)+hex.EncodedLen(len(message)) > longestLine {
		return "", fail("usage", "the message has %d bytes, too many for a reply; receive it with file=, it is still there", len(message))
	}
	return start + hex.EncodeToString(message), nil
}

func closeOrHalfClose(given values) (string, error) {
	c, err := findChannel(given)
	if err != nil {
		return "", err
	}
	if !given.has("how") {
		c.close()
		return "", nil
	}
	if !c.transport.canHalfClose {
		return "", fail("unsupported", "a %s cannot be half closed; close the channel", c.transport.name)
	}
	if err := c.checkHasPeer(); err != nil {
		return "", err
	}
	return "", c.carrier.(halfCloser).halfClose()
}

func reset(values) (string, error) {
	closeAllChannels()
	return "", nil
}
