using System;
using System.Linq;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Parley
{
    /// <summary>Keyed digests (HMAC), by the names that Python's handshake has for them.</summary>
    /// <remarks>
    /// Mono brings its own. .NET's classes call OpenSSL, and end the process where they do not find a version that they know, which for
    /// .NET Core 3.1 is 1.1 at the newest (CLR_OPENSSL_VERSION_OVERRIDE=3 only makes it miss a function that 3 has dropped). OpenSSL's own
    /// HMAC is the same in all versions, so there it is called without the classes. SHA-3 comes from OpenSSL on both, if it is there.
    /// </remarks>
    static class Digests
    {
        static readonly bool isMono = Type.GetType("Mono.Runtime") != null;

        /// <summary>Those that can be had. Looked for before `hello` is answered: a library that is loaded later would look like a leak.</summary>
        public static readonly string[] Names = new[] { "md5", "sha256", "sha384", "sha3_256", "sha3_384" }.Where(IsThere).ToArray();

        static bool IsThere(string name) { return Compute(name, new byte[] { 1 }, new byte[0]) != null; }

        /// <summary>The digest of a message, or null without such a one.</summary>
        public static byte[] Compute(string name, byte[] key, byte[] message)
        {
            var own = isMono ? OwnOf(name, key) : null;
            if (own == null) return ComputeByOpenSsl(name.Replace('_', '-'), key, message);
            using (own) return own.ComputeHash(message);
        }

        static HMAC OwnOf(string name, byte[] key)
        {
            switch (name)
            {
                case "md5": return new HMACMD5(key);
                case "sha256": return new HMACSHA256(key);
                case "sha384": return new HMACSHA384(key);
                default: return null;
            }
        }

        static byte[] ComputeByOpenSsl(string name, byte[] key, byte[] message)
        {
            var code = new byte[64]; // As many as any digest has.
            uint size;
            try
            {
                var digest = OpenSsl3.EVP_get_digestbyname(name);
                if (digest == IntPtr.Zero || OpenSsl3.HMAC(digest, key, key.Length, message, (UIntPtr)message.Length, code, out size) == IntPtr.Zero) return null;
            }
            catch (DllNotFoundException)
            {
                try
                {
                    var digest = OpenSsl11.EVP_get_digestbyname(name);
                    if (digest == IntPtr.Zero || OpenSsl11.HMAC(digest, key, key.Length, message, (UIntPtr)message.Length, code, out size) == IntPtr.Zero) return null;
                }
                catch (DllNotFoundException)
                {
                    return null;
                }
            }
            Array.Resize(ref code, (int)size);
            return code;
        }

        // The name of a library is a constant, so there is one class for each version.

        static class OpenSsl3
        {
            [DllImport("libcrypto.so.3")] public static extern IntPtr EVP_get_digestbyname(string name);
            [DllImport("libcrypto.so.3")]
            public static extern IntPtr HMAC(IntPtr digest, byte[] key, int keySize, byte[] message, UIntPtr size, byte[] code, out uint codeSize);
        }

        static class OpenSsl11
        {
            [DllImport("libcrypto.so.1.1")] public static extern IntPtr EVP_get_digestbyname(string name);
            [DllImport("libcrypto.so.1.1")]
            public static extern IntPtr HMAC(IntPtr digest, byte[] key, int keySize, byte[] message, UIntPtr size, byte[] code, out uint codeSize);
        }
    }
}
