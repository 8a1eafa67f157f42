using MessagePack;

namespace Gossip.Core.Wire;

/// <summary>Passes over values that this build does not know, from senders of a later one.</summary>
static class Unknown
{
    /// <summary>Skips one value without recursion, so that no nesting can exhaust the stack.</summary>
    public static void Skip(ref MessagePackReader reader)
    {
        for (var left = 1L; left > 0; left--)
        {
            switch (reader.NextMessagePackType)
            {
                case MessagePackType.Array:
                    left += reader.ReadArrayHeader();
                    break;
                case MessagePackType.Map:
                    left += 2L * reader.ReadMapHeader();
                    break;
                default:
                    SkipLeaf(ref reader);
                    break;
            }
        }
    }

    static void SkipLeaf(ref MessagePackReader reader)
    {
        try
        {
            reader.Skip();
        }
        catch (ArgumentOutOfRangeException) // what MessagePack 2.5 throws for a length of 2^31 and more
        {
            throw new MessagePackSerializationException("a length beyond everything");
        }
    }
}
