using Gossip.Core.Wire;
using MessagePack;

namespace Gossip.Core.Replication;

/// <summary>A context as one byte string of a message.</summary>
static class WireContext
{
    /// <summary>Half a frame: 30,000 writers. Lists of uids have the other half.</summary>
    const int ContextMost = Limits.FramePayload / 2 - 4096;

    /// <summary>A context too large to travel becomes an empty one: to say less than was seen is always safe.</summary>
    public static byte[] Of(CausalContext context)
    {
        var bytes = new WireBuffer(256);
        var writer = new MessagePackWriter(bytes);
        context.Write(ref writer);
        writer.Flush();
        return bytes.Length <= ContextMost ? bytes.Written.ToArray() : Of(new CausalContext());
    }

    public static CausalContext Read(ReadOnlyMemory<byte> bytes)
    {
        var reader = new MessagePackReader(bytes);
        return CausalContext.Read(ref reader);
    }
}
