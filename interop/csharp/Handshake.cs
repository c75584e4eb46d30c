using System;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Text;

namespace Parley
{
    /// <summary>
    /// The handshake with which both sides of Python's multiprocessing.connection prove that they have the key. Each answers the other's
    /// challenge with an HMAC of it, the accepting side's first.
    /// </summary>
    static class Handshake
    {
        const int Milliseconds = 5000, LongestMessage = 256, ChallengeSize = 20;
        const string Challenge = "#CHALLENGE#", Welcome = "#WELCOME#", Failure = "#FAILURE#";

        public static readonly bool IsAvailable = Digests.Names.Contains("md5") && Digests.Names.Contains("sha256");

        public static void Run(MessageStream stream, byte[] key, bool isAccepting)
        {
            try
            {
                var deadline = Deadline.In(Milliseconds); // For all of it.
                stream.Within(LongestMessage, () =>
                {
                    if (isAccepting) Deliver(stream, key, deadline);
                    Answer(stream, key, deadline);
                    if (!isAccepting) Deliver(stream, key, deadline);
                });
            }
            catch (Fault fault) when (fault.Kind == "truncated" || fault.Kind == "malformed" || fault.Kind == "closed")
            {
                throw Refused("broke the handshake or hung up in it");
            }
            catch (SocketException)
            {
                throw Refused("hung up in the handshake");
            }
            catch (IOException)
            {
                throw Refused("hung up in the handshake");
            }
        }

        static void Deliver(MessageStream stream, byte[] key, Deadline deadline)
        {
            // Twenty bytes, as before Python 3.12: every version answers them, and newer ones as the old did, with HMAC-MD5.
            var challenge = new byte[ChallengeSize];
            // Not RandomNumberGenerator: on Mono it keeps its source open for ever. A read of so few bytes is never a part of them.
            using (var random = File.OpenRead("/dev/urandom")) random.Read(challenge, 0, challenge.Length);
            Send(stream, Encoding.ASCII.GetBytes(Challenge).Concat(challenge).ToArray());
            if (!IsAnswer(Receive(stream, deadline), key, challenge))
            {
                Send(stream, Encoding.ASCII.GetBytes(Failure));
                throw Refused("answered with another key");
            }
            Send(stream, Encoding.ASCII.GetBytes(Welcome));
        }

        static void Answer(MessageStream stream, byte[] key, Deadline deadline)
        {
            var message = Receive(stream, deadline);
            if (!StartsWith(message, Challenge)) throw Refused("sent no challenge");
            var challenge = message.Skip(Challenge.Length).ToArray();
            var name = challenge.Length == ChallengeSize ? "" : NameOf(challenge);
            if (name == null || challenge.Length < ChallengeSize) throw Refused("sent a challenge for no digest that is known here");
            var prefix = Encoding.ASCII.GetBytes(name == "" ? "" : "{" + name + "}");
            Send(stream, prefix.Concat(Digest(name, key, challenge)).ToArray());
            var verdict = Receive(stream, deadline);
            if (verdict.Length != Welcome.Length || !StartsWith(verdict, Welcome)) throw Refused("did not accept the answer");
        }

        static bool IsAnswer(byte[] reply, byte[] key, byte[] challenge)
        {
            var name = reply.Length == 16 ? "" : NameOf(reply);
            if (name == null) return false;
            var expected = Digest(name, key, challenge);
            var start = name == "" ? 0 : name.Length + 2;
            if (reply.Length - start != expected.Length) return false;
            // All bytes, whatever the first ones are: the time must not tell how many of them were right.
            var difference = 0;
            for (var index = 0; index < expected.Length; index++) difference |= expected[index] ^ reply[start + index];
            return difference == 0;
        }

        /// <summary>The digest that stands in braces at the beginning, or null if there is none that this endpoint has.</summary>
        static string NameOf(byte[] message) { return Digests.Names.FirstOrDefault(name => StartsWith(message, "{" + name + "}")); }

        static byte[] Digest(string name, byte[] key, byte[] message) { return Digests.Compute(name == "" ? "md5" : name, key, message); }

        static bool StartsWith(byte[] message, string prefix) { return message.Take(prefix.Length).SequenceEqual(Encoding.ASCII.GetBytes(prefix)); }

        static void Send(MessageStream stream, byte[] message) { stream.Send(message, 0, message.Length); }

        static byte[] Receive(MessageStream stream, Deadline deadline)
        {
            ArraySegment<byte> message;
            if (!stream.TryReceive(deadline, out message)) throw Refused("hung up in the handshake");
            var copy = message.Copied();
            stream.Consume();
            return copy;
        }

        static Fault Refused(string what) { return new Fault("authentication", "The peer " + what + ": give both sides the same key."); }
    }
}
