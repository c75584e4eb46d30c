// The endpoint of the adapter {name}: it answers hello and refuses everything else. interop/README.md says how to go on.
// In another language, change language= and runtime= in the reply to hello: they say what the program runs on.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;

static class Endpoint
{
    const int LongestLine = 262144;
    static readonly Regex Word = new Regex(@"\A[a-z0-9-]+=[A-Za-z0-9_./:,@+~%-]*\z");
    static readonly Regex BadPercent = new Regex("%(?![0-9A-Fa-f]{2})");
    static readonly Regex Number = new Regex(@"\A(0|[1-9][0-9]{0,9})\z");
    static readonly string[] OptionalVerbs = { "echo", "ping", "layout", "call" };
    static readonly string[] NeededByOpen = { "channel", "transport", "role", "address", "framing" };
    static readonly string[] OthersOfOpen = { "limit", "authkey", "queue", "size", "offset", "length", "lock", "slots" };
    // The smallest number that each of these may have.
    static readonly Dictionary<string, long> Numbers =
        new Dictionary<string, long> { { "limit", 1 }, { "size", 1 }, { "length", 1 }, { "offset", 0 } };

    // Obeys a line, in which each character stands for a byte.
    static string Answer(string line)
    {
        // The order matters: of several refusals that apply, every endpoint gives the same one.
        string[] words = line.Split(' ');
        string verb = words[0];
        var values = new Dictionary<string, string>();
        foreach (string word in words.Skip(1))
        {
            if (line.Length > LongestLine || !Word.IsMatch(word) || BadPercent.IsMatch(word))
                return Refusal("usage", "that is not verb key=value key=value, with one blank between words");
            string key = word.Substring(0, word.IndexOf('='));
            if (values.ContainsKey(key)) return Refusal("usage", "a key stands twice");
            values[key] = Decoded(word.Substring(key.Length + 1));
        }
        if (OptionalVerbs.Contains(verb)) return Refusal("unsupported", "there is no " + verb + " yet");
        if (verb == "hello" && values.Count == 0)
            return "ok protocol=1 language=csharp runtime=" + Encoded("CLR " + Environment.Version)
                + " transports= framings= codecs= features=";
        if (verb == "open" && CanOpen(values)) return Refusal("unsupported", "there is no such transport yet");
        if (verb == "reset" && values.Count == 0) return "ok";
        return Refusal("usage", "no such verb, other keys or values, or a channel that is not open");
    }

    // Whether open has the keys that it needs and no others, and their values are of the right form.
    static bool CanOpen(Dictionary<string, string> values)
    {
        return NeededByOpen.All(values.ContainsKey)
            && values.Keys.All(key => NeededByOpen.Contains(key) || OthersOfOpen.Contains(key))
            && Regex.IsMatch(values["channel"], @"\A[a-z0-9]{1,16}\z")
            && Numbers.All(number => !values.ContainsKey(number.Key) || IsNumber(values[number.Key], number.Value));
    }

    static bool IsNumber(string text, long smallest)
    {
        return Number.IsMatch(text) && long.Parse(text) >= smallest && long.Parse(text) <= int.MaxValue;
    }

    static string Decoded(string text)
    {
        return Regex.Replace(text, "%(..)", match => ((char)Convert.ToInt32(match.Groups[1].Value, 16)).ToString());
    }

    static string Encoded(string text)
    {
        var made = new StringBuilder();
        foreach (byte value in Encoding.UTF8.GetBytes(text))
        {
            bool isPlain = value < 0x80 && (char.IsLetterOrDigit((char)value) || "_.-/:,@+~".IndexOf((char)value) >= 0);
            made.Append(isPlain ? ((char)value).ToString() : "%" + value.ToString("X2"));
        }
        return made.ToString();
    }

    static string Refusal(string kind, string message) { return "error kind=" + kind + " message=" + Encoded(message); }

    // Reads up to the next line feed; null at the end of the input, which may cut a line off: then it is not obeyed.
    static string Line(Stream input)
    {
        var line = new StringBuilder();
        for (int value = input.ReadByte(); value >= 0; value = input.ReadByte())
        {
            if (value == '\n') return line.ToString();
            line.Append((char)value);
        }
        return null;
    }

    static void Main()
    {
        // Not the Console's own: they decode text, and may write a byte order mark.
        var input = new BufferedStream(Console.OpenStandardInput(), 65536);
        var output = Console.OpenStandardOutput();
        for (string line = Line(input); line != null; line = Line(input))
        {
            byte[] reply = Encoding.ASCII.GetBytes(Answer(line) + "\n");
            output.Write(reply, 0, reply.Length);
            output.Flush();
        }
    }
}
