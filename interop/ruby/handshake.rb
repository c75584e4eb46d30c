# frozen_string_literal: true

require_relative "fault"
require_relative "waiting"

# The handshake of Python's multiprocessing.connection, in which each side proves to the other that it has the key.
class Handshake
  LONGEST_MESSAGE = 256
  SECONDS = 5
  CHALLENGE = "#CHALLENGE#".b
  WELCOME = "#WELCOME#".b
  FAILURE = "#FAILURE#".b
  DIGESTS = %w[md5 sha256 sha384 sha3_256 sha3_384].freeze
  # Before Python 3.12 a challenge had no {NAME}, and the answer was HMAC-MD5.
  OLD_CHALLENGE = 20
  OLD_REPLY = 16

  # The accepting side has the first word.
  def self.run(stream, key, is_accepting)
    handshake = new(stream, key)
    limit = stream.limit
    stream.limit = LONGEST_MESSAGE
    is_accepting ? (handshake.challenge && handshake.answer) : (handshake.answer && handshake.challenge)
  rescue Errno::EPIPE, Errno::ECONNRESET
    raise refused("hung up in the handshake")
  rescue Fault => fault
    raise fault unless %w[truncated malformed].include?(fault.kind)

    raise refused("broke the handshake")
  ensure
    stream.limit = limit
  end

  def self.refused(what) = Fault.new("authentication", "The peer #{what}: give both sides the same key.")

  def initialize(stream, key)
    # Takes longer to load than all the rest of the endpoint, so only who has a key waits for it.
    require "openssl"
    @stream = stream
    @key = key
    @deadline = Deadline.new(SECONDS)
  end

  # Lets the peer prove that it has the key.
  def challenge
    challenge = "{sha256}".b + OpenSSL::Random.random_bytes(40)
    @stream.send_message(CHALLENGE + challenge)
    is_right = right?(receive, challenge)
    @stream.send_message(is_right ? WELCOME : FAILURE)
    is_right or raise Handshake.refused("has another key")
  end

  # Proves to the peer that we have the key.
  def answer
    message = receive
    raise Handshake.refused("sent no challenge") unless message.start_with?(CHALLENGE)

    @stream.send_message(answer_to(message.byteslice(CHALLENGE.bytesize..)))
    receive == WELCOME or raise Handshake.refused("has refused our key")
  end

  private

  def answer_to(challenge)
    return code("md5", challenge) if challenge.bytesize == OLD_CHALLENGE

    digest = digest_of(challenge)
    raise Handshake.refused("asks for a digest that there is not") unless digest

    "{#{digest}}".b + code(digest, challenge)
  end

  # Python before 3.12 does not look for the digest in a challenge, and answers as it always has.
  def right?(reply, challenge)
    digest = digest_of(reply)
    expected = if reply.bytesize == OLD_REPLY then code("md5", challenge)
               elsif digest then "{#{digest}}".b + code(digest, challenge)
               end
    # A comparison that ends at the first difference would tell how much of a guess was right.
    !expected.nil? && OpenSSL.secure_compare(reply, expected)
  end

  def digest_of(message)
    name = message[/\A\{([a-z0-9_]+)\}/n, 1]
    name if DIGESTS.include?(name)
  end

  # In OpenSSL sha3_256 is SHA3-256.
  def code(digest, message) = OpenSSL::HMAC.digest(digest.tr("_", "-"), @key, message)

  def receive
    @stream.receive_message(@deadline) || raise(Handshake.refused("hung up in the handshake"))
  end
end
