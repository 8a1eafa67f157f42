using System.Globalization;
using MessagePack;

namespace Gossip.Core.Tables;

/// <summary>How a pod's place was won, in numbers: every admission tells it for ever, and few people ask.</summary>
/// <param name="Score">Of the bid that won.</param>
/// <param name="Others">Bids that it won over.</param>
/// <param name="FitNowhere">It had to evict others: there was no room anywhere.</param>
public readonly record struct Victory(int Score, int Others, bool FitNowhere = false)
{
    /// <summary>Of the array around it.</summary>
    internal const int Fields = 3;

    internal void Write(ref MessagePackWriter writer)
    {
        writer.Write(Score);
        writer.Write(Others);
        writer.Write(FitNowhere);
    }

    internal static Victory Read(ref MessagePackReader reader) => new(reader.ReadInt32(), reader.ReadInt32(), reader.ReadBoolean());

    /// <summary>For people.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{(FitNowhere ? "fitted nowhere, " : "")}won with {Score} over {Others} other bids");
}
