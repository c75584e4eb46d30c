using System.Collections.Generic;
using System.Linq;

namespace Parley
{
    /// <summary>What a command `open` asks for, checked as far as nothing has to be touched for it.</summary>
    sealed class Opening
    {
        const int DefaultLimit = 64 << 20;

        /// <summary>The options that not every transport has.</summary>
        public const string Options = "authkey queue size offset length lock slots";

        public readonly string Transport, Role, Address;
        public readonly Framing Framing; // Null if the transport keeps the bounds.
        public readonly int Limit;
        public readonly byte[] Key; // Null without a handshake.
        public readonly string Queue, Lock, Slots;
        public readonly int? Size, Length;
        public readonly int Offset;

        /// <summary>Refuses what can be seen to be wrong without looking at the words.</summary>
        public static void CheckForms(Dictionary<string, string> values)
        {
            var name = values["channel"];
            if (name.Length < 1 || name.Length > 16 || !name.All(letter => (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9')))
                throw Fault.Usage("A channel's name is 1 to 16 of a-z and 0-9: choose another.");
            foreach (var key in new[] { "limit", "size", "length" }) NumberOf(values, key, 1);
            NumberOf(values, "offset", 0);
        }

        static int? NumberOf(Dictionary<string, string> values, string key, int smallest)
        {
            return values.ContainsKey(key) ? Number.Of(values, key, smallest, int.MaxValue) : (int?)null;
        }

        public Opening(Dictionary<string, string> values)
        {
            Transport = values["transport"];
            Role = values["role"];
            Address = values["address"];
            CheckWords(values["framing"], out Framing);
            Limit = NumberOf(values, "limit", 1) ?? DefaultLimit;
            CheckOptions(values);
            if (values.ContainsKey("authkey")) Key = KeyOf(values["authkey"]);
            if (!values.TryGetValue("queue", out Queue)) Queue = "get_queue";
            if (Queue == "") throw Fault.Usage("The name of a queue is not empty: give another, or leave it out.");
            values.TryGetValue("lock", out Lock);
            values.TryGetValue("slots", out Slots);
            Size = NumberOf(values, "size", 1);
            Length = NumberOf(values, "length", 1);
            Offset = NumberOf(values, "offset", 0) ?? 0;
        }

        void CheckWords(string framing, out Framing found)
        {
            string[] roles;
            if (!Transports.Roles.TryGetValue(Transport, out roles)) throw Fault.Unsupported("There is no transport \"" + Transport + "\" here: hello lists them.");
            if (!Framing.ByName.TryGetValue(framing, out found) && framing != "none") throw Fault.Unsupported("There is no framing \"" + framing + "\" here: hello lists them.");
            if ((found == null) != Transports.KeepsBounds(Transport))
                throw Fault.Unsupported("The framing \"" + framing + "\" is not for " + Transport + (found == null ? ", a stream: choose another." : ": use none."));
            if ((Transport == "manager-queue" || Transport == "spawn-queue") && framing != "multiprocessing")
                throw Fault.Unsupported("Messages of a queue are framed: use framing=multiprocessing.");
            if (!roles.Contains(Role)) throw Fault.Unsupported(Transport + " has no role \"" + Role + "\": use " + string.Join(" or ", roles) + ".");
        }

        void CheckOptions(Dictionary<string, string> values)
        {
            foreach (var option in Options.Split(' ').Where(values.ContainsKey))
                if (!OptionsOf(Transport).Contains(option)) throw Fault.Usage(Transport + " has no option " + option + ": leave it out.");
            if (Transport == "manager-queue" && !values.ContainsKey("authkey")) throw Fault.Usage("A manager has a key: give authkey=HEX.");
            if (Transport == "spawn-queue" && !values.ContainsKey("lock")) throw Fault.Usage("An end of a queue has a lock: give lock=/NAME.");
            if (values.ContainsKey("authkey") && values["framing"] != "multiprocessing")
                throw Fault.Usage("A key is for the framing multiprocessing: use it, or leave authkey out.");
        }

        static string[] OptionsOf(string transport)
        {
            if (transport == "manager-queue") return new[] { "authkey", "queue" };
            if (transport == "spawn-queue") return new[] { "lock", "slots" };
            if (transport == "shared-memory") return new[] { "size", "offset", "length", "lock" };
            return !Transports.KeepsBounds(transport) && Transports.Roles[transport].Contains("connect") ? new[] { "authkey" } : new string[0];
        }

        static byte[] KeyOf(string text)
        {
            if (!Handshake.IsAvailable) throw Fault.Unsupported("There are no hashes that can be relied on here, and so no authkey: leave it out.");
            var key = Hex.Decode(text);
            if (key.Length == 0) throw Fault.Usage("A key has at least one byte: give authkey=HEX, or leave it out.");
            return key;
        }
    }
}
