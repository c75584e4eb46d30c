package main

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"hash"
	"io"
	"strings"
	"time"
)

// The handshake of Python's multiprocessing.connection, in which both sides prove that they have the key: each answers the other's
// challenge with an HMAC of it, the connecting side first.

const (
	handshakeTime    = 5 * time.Second
	longestHandshake = 256 // bytes of a message of it
	oldChallenge     = 20  // Before Python 3.12 there was only HMAC-MD5, for a challenge of 20 bytes.
	challengePrefix  = "#CHALLENGE#"
	welcome          = "#WELCOME#"
	refusal          = "#FAILURE#"
)

// SHA-3, which Python knows too, came to Go's library in 1.24.
var digests = map[string]func() hash.Hash{"md5": md5.New, "sha256": sha256.New, "sha384": sha512.New384}

type handshake struct {
	*stream
	key      []byte
	deadline time.Time
}

func (c *channel) authenticate(deadline time.Time) error {
	h := handshake{c.carrier.(*stream), c.key, time.Now().Add(handshakeTime)}
	if deadline != never && deadline.Before(h.deadline) {
		h.deadline = deadline
	}
	h.limit = longestHandshake
	first, second := h.challenge, h.answer
	if c.role == "connect" {
		first, second = h.answer, h.challenge
	}
	err := first()
	if err == nil {
		err = second()
	}
	h.limit = c.limit
	if err == nil {
		return nil
	}
	c.carrier.close()
	c.carrier = nil // A listener can go on with its next peer.
	switch asFailure(err).kind {
	case "truncated", "malformed", "closed", "reset":
		return refused("hung up in the handshake, or broke it")
	}
	return err
}

func refused(what string) error {
	return fail("authentication", "the peer %s; give both sides the same key", what)
}

// challenge lets the peer prove that it has the key.
func (h handshake) challenge() error {
	random := make([]byte, 40)
	if _, err := rand.Read(random); err != nil {
		return err
	}
	challenge := "{sha256}" + string(random)
	if err := h.say(challengePrefix + challenge); err != nil {
		return err
	}
	reply, err := h.next()
	if err != nil {
		return err
	}
	// Python before 3.12 does not look at the name and answers with MD5.
	expected := h.code("md5", challenge)
	if name := digestName(reply); name != "" {
		expected = "{" + name + "}" + h.code(name, challenge)
	}
	if !hmac.Equal([]byte(reply), []byte(expected)) { // In a time that does not tell how many bytes were right.
		h.say(refusal)
		return refused("has another key")
	}
	return h.say(welcome)
}

// answer proves to the peer that we have the key.
func (h handshake) answer() error {
	message, err := h.next()
	if err != nil {
		return err
	}
	challenge := strings.TrimPrefix(message, challengePrefix)
	if challenge == message {
		return refused("sent no challenge")
	}
	name := digestName(challenge)
	switch {
	case len(challenge) == oldChallenge:
		err = h.say(h.code("md5", challenge))
	case len(challenge) > oldChallenge && name != "":
		err = h.say("{" + name + "}" + h.code(name, challenge))
	default:
		err = refused("sent a challenge that asks for no known digest")
	}
	if err != nil {
		return err
	}
	verdict, err := h.next()
	if err == nil && verdict != welcome {
		err = refused("has refused our key")
	}
	return err
}

// digestName gives the name in braces at the beginning, or "" if there is none that is known.
func digestName(message string) string {
	name, _, _ := strings.Cut(strings.TrimPrefix(message, "{"), "}")
	if !strings.HasPrefix(message, "{") || digests[name] == nil {
		return ""
	}
	return name
}

func (h handshake) code(digest, message string) string {
	code := hmac.New(digests[digest], h.key)
	io.WriteString(code, message)
	return string(code.Sum(nil))
}

func (h handshake) say(message string) error { return h.send([]byte(message)) }

func (h handshake) next() (string, error) {
	received, err := h.receive(h.deadline)
	if err == io.EOF {
		return "", refused("hung up in the handshake")
	}
	message := string(received)
	if err == nil {
		h.consume()
	}
	return message, err
}
