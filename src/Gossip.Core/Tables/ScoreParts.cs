using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;
using Gossip.Core.Primitives;
using Gossip.Core.Wire;
using MessagePack;

namespace Gossip.Core.Tables;

/// <summary>
/// What the score of a bid is made of, as numbers: they become words where somebody asks why, and no sooner. Only those
/// parts are there that are not full, at most <see cref="Most"/>. A score goes by its number
/// (<see cref="ScoreNames"/>), so a node of another build may bid with one that has no name here.
/// </summary>
/// <remarks>On the wire an array of integers, value x 64 + number: three bytes each.</remarks>
public struct ScoreParts : IEquatable<ScoreParts>
{
    /// <summary>Nine scores and the fragmentation, and a little room for what is still to come.</summary>
    public const int Most = 12;

    const int NumberBits = 6;

    /// <summary>The greatest number of a score.</summary>
    public const int NumberMost = (1 << NumberBits) - 1;

    /// <summary>Either way: fragmentation is told against its neutral.</summary>
    public const int ValueMost = 1 << 16;

    [InlineArray(Most)]
    struct Room
    {
        int first;
    }

    Room room;
    byte count;

    /// <summary>How many parts there are.</summary>
    public readonly int Count => count;

    /// <summary>The part told in that place: which score, and what it gave.</summary>
    public readonly (int Number, int Value) this[int at] => (room[at] & NumberMost, room[at] >> NumberBits);

    /// <summary>Tells one part more, or leaves it out when there is no room.</summary>
    public void Add(int number, int value)
    {
        Check.That(number is >= 0 and <= NumberMost && value is >= -ValueMost and <= ValueMost);
        if (count < Most) room[count++] = value << NumberBits | number;
    }

    /// <summary>Writes them as the wire has them.</summary>
    public readonly void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(count);
        for (var i = 0; i < count; i++) writer.Write(room[i]);
    }

    /// <summary>Throws <see cref="MessagePackSerializationException"/> naming what is wrong; parts beyond <see cref="Most"/> are refused.</summary>
    public static ScoreParts Read(ref MessagePackReader reader, string field)
    {
        var parts = default(ScoreParts);
        for (var left = Codec.ReadCount(ref reader, Most, field); left > 0; left--)
        {
            var part = reader.ReadInt32();
            if (part >> NumberBits is < -ValueMost or > ValueMost) throw Codec.Bad(field, "out of range");
            parts.room[parts.count++] = part;
        }
        return parts;
    }

    /// <summary>For people: "least-allocated 979, balanced 996, fragmentation +499"; empty where all are full.</summary>
    public override readonly string ToString()
    {
        var text = new DefaultInterpolatedStringHandler(0, 0, CultureInfo.InvariantCulture, stackalloc char[256]);
        for (var i = 0; i < count; i++)
        {
            var (number, value) = this[i];
            if (i > 0) text.AppendLiteral(", ");
            if (ScoreNames.Of(number) is { } name) text.AppendLiteral(name);
            else
            {
                text.AppendLiteral("score-");
                text.AppendFormatted(number);
            }
            text.AppendLiteral(" ");
            if (number == ScoreNames.Fragmentation) text.AppendFormatted(value, "+0;-0;0");
            else text.AppendFormatted(value);
        }
        return text.ToStringAndClear();
    }

    /// <inheritdoc/>
    public readonly bool Equals(ScoreParts other) => Told.SequenceEqual(other.Told);
    /// <inheritdoc/>
    public override readonly bool Equals(object? other) => other is ScoreParts parts && Equals(parts);
    /// <inheritdoc/>
    public override readonly int GetHashCode() => count == 0 ? 0 : room[0] ^ count << 24;
    /// <summary>Equal, part by part.</summary>
    public static bool operator ==(ScoreParts one, ScoreParts other) => one.Equals(other);
    /// <summary>Not equal in some part.</summary>
    public static bool operator !=(ScoreParts one, ScoreParts other) => !one.Equals(other);

    [UnscopedRef]
    readonly ReadOnlySpan<int> Told => ((ReadOnlySpan<int>)room)[..count];
}
