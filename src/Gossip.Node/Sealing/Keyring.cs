using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Gossip.Node.Sealing;

/// <summary>
/// The secrets of a cluster: the primary key seals, every key opens. To rotate without a pause: give all nodes the
/// new key as accepted, then make it primary everywhere, then take the old one out. Immutable.
/// </summary>
/// <remarks>
/// As text: keys of 32 bytes in base64, the primary first, separated by commas. <see cref="ToString"/> never shows them.
/// </remarks>
public sealed class Keyring
{
    /// <summary>One to stay, and room for two rotations at once.</summary>
    public const int MostKeys = 4;

    Keyring(ImmutableArray<ClusterKey> keys) => Keys = keys;

    internal ImmutableArray<ClusterKey> Keys { get; }
    internal ClusterKey Primary => Keys[0];

    /// <summary>A ring of one fresh key.</summary>
    public static Keyring Generate() => new([new ClusterKey(RandomNumberGenerator.GetBytes(ClusterKey.Length))]);

    /// <exception cref="FormatException">Says which key is wrong, and how; never shows it.</exception>
    public static Keyring Parse(string text) => TryParse(text, out var keyring, out var error) ? keyring : throw new FormatException(error);

    /// <summary>Reads the text form; <paramref name="error"/> says which key is wrong, and how.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out Keyring? keyring, [NotNullWhen(false)] out string? error)
    {
        keyring = null;
        error = null;
        var parts = (text ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length == 0) error = "keyring: empty; it needs at least one key (32 bytes in base64)";
        else if (parts.Length > MostKeys) error = $"keyring: {parts.Length} keys; at most {MostKeys} are accepted";
        var keys = ImmutableArray.CreateBuilder<ClusterKey>();
        for (var i = 0; i < parts.Length && error is null; i++)
        {
            var bytes = new byte[ClusterKey.Length + 3];
            if (parts[i].Length > 64 || !Convert.TryFromBase64String(parts[i], bytes, out var length))
                error = $"keyring: key {i + 1} is not 32 bytes in base64";
            else if (length != ClusterKey.Length)
                error = $"keyring: key {i + 1} has {length} bytes; it needs {ClusterKey.Length}";
            else
            {
                var key = new ClusterKey(bytes[..length]);
                if (keys.Any(other => other.Id == key.Id)) error = $"keyring: key {i + 1} is there twice";
                keys.Add(key);
            }
        }
        if (error is not null) return false;
        keyring = new Keyring(keys.ToImmutable());
        return true;
    }

    /// <summary>The text form, secrets included: for the file or variable that hands it to a node.</summary>
    public string Reveal() => string.Join(',', Keys.Select(key => Convert.ToBase64String(key.Bytes.Span)));

    /// <summary>The ids only: a key is never shown.</summary>
    public override string ToString() => $"keyring of {Keys.Length}, primary {Primary.Id:x8}";
}

/// <summary>One key and the name that travels with what it sealed: a hash, so that a receiver need not try them all.</summary>
sealed class ClusterKey
{
    public const int Length = 32;

    public ClusterKey(ReadOnlyMemory<byte> bytes)
    {
        Bytes = bytes;
        Id = SealHeader.Tag("gossip key", bytes.Span);
    }

    public ReadOnlyMemory<byte> Bytes { get; }
    public uint Id { get; }
}
