package main

import (
	"encoding/hex"
	"strings"
)

const defaultLimit = 64 << 20

// open is the verb open. It looks at what is wrong in the order of the protocol: first the words, then the address, last the system.
func open(given values) (string, error) {
	name := given["channel"]
	if channels[name] != nil {
		return "", fail("usage", "channel %q is open already; close it first", name)
	}
	c := &channel{name: name, role: given["role"], limit: given.number("limit", defaultLimit), listener: none}
	if err := c.takeWords(given); err != nil {
		return "", err
	}
	address := given["address"]
	if address == "" {
		return "", fail("usage", "the address is empty; a %s needs one", c.transport.name)
	}
	if strings.Contains(address, "\x00") && c.transport.name != "unix-abstract" {
		return "", fail("usage", "the address has a NUL byte, which would end it; remove it")
	}
	channels[name] = c
	chosen, err := c.transport.open(c, address)
	if err == nil && c.key != nil && c.role == "connect" {
		err = c.authenticate(never)
	}
	if err != nil {
		c.close()
		return "", err
	}
	if chosen != "" {
		return "address=" + chosen, nil
	}
	return "", nil
}

func (c *channel) takeWords(given values) error {
	for _, known := range transports {
		if known.name == given["transport"] {
			c.transport = known
		}
	}
	if c.transport == nil {
		return fail("unsupported", "there is no transport %q here; hello lists them", given["transport"])
	}
	isKnown := false
	for _, known := range framings {
		if known.String() == given["framing"] {
			c.framing, isKnown = known, true
		}
	}
	if !isKnown {
		return fail("unsupported", "there is no framing %q here; hello lists them", given["framing"])
	}
	if c.transport.keepsBounds != (c.framing == nil) {
		return fail("unsupported", "a %s cannot carry the framing %s; packets and mapped memory need none, and streams another",
			c.transport.name, c.framing)
	}
	if !contains(c.transport.roles[:], c.role) {
		return fail("unsupported", "a %s has no role %q; use %s", c.transport.name, c.role, strings.Join(c.transport.roles[:], " or "))
	}
	return c.takeKey(given)
}

func (c *channel) takeKey(given values) error {
	if !given.has("authkey") {
		return nil
	}
	if !c.transport.isConnected() || c.framing.String() != "multiprocessing" {
		return fail("usage", "a key is for a stream with the framing multiprocessing that somebody listens for; leave authkey out")
	}
	key, err := decodeHex(given["authkey"])
	if err == nil && len(key) == 0 {
		return fail("usage", "a key has at least one byte; give authkey=HEX, or leave it out")
	}
	c.key = key
	return err
}

// decodeHex takes lower-case digits only: encoding/hex takes both cases.
func decodeHex(text string) ([]byte, error) {
	bytes, err := hex.DecodeString(text)
	if err != nil || strings.ToLower(text) != text {
		return nil, fail("usage", "the value is not lower-case hex, two digits a byte")
	}
	return bytes, nil
}
