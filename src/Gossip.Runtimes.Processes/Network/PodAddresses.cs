using System.Globalization;
using Gossip.Core.Primitives;

namespace Gossip.Runtimes.Processes.Network;

/// <summary>Addresses A.b.c.d that a machine may use for itself.</summary>
/// <param name="Seconds">The second octets.</param>
readonly record struct AddressRange(int First, Range Seconds, int LeastLast)
{
    /// <summary>Linux lets anybody bind any address there. 127.0.x.y is left to the machine (localhost, resolvers, host names).</summary>
    public static readonly AddressRange Loopback = new(127, 1..255, 1);

    /// <summary>RFC 6598: for the inside of a provider's own network, so that no home or office has it. A block's first address is the machine's own.</summary>
    public static readonly AddressRange Shared = new(100, 64..128, 2);

    public int Blocks => (Seconds.End.Value - Seconds.Start.Value) * 256;
    public int BlockSize => 255 - LeastLast;

    public string At(int block, int index) => string.Create(
        CultureInfo.InvariantCulture, $"{First}.{Seconds.Start.Value + block % Blocks / 256}.{block % 256}.{LeastLast + index}");
}

/// <summary>
/// The node's part of a range: it starts at the /24 that its id names and spills into those above. Addresses are handed
/// out in turn, so that a freed one rests before somebody else gets it.
/// </summary>
/// <remarks>
/// Thread-safe. Two nodes of one machine share a /24 with a chance of 1 in 65,024 of the loopback's, where their pods then only
/// clash if they bind the same port, and of 1 in 16,384 of the shared ones, where the kernel refuses an address that is taken.
/// </remarks>
sealed class PodAddresses(NodeId node, AddressRange range)
{
    const int MostBlocks = 16; // more pods than a machine runs

    readonly int first = (int)(StableHash.Mix(node.Value) % (ulong)range.Blocks);
    readonly HashSet<string> taken = new(StringComparer.Ordinal);
    int next;

    /// <summary>An address that no pod of this node has; null when all are taken.</summary>
    public string? Take()
    {
        var most = MostBlocks * range.BlockSize;
        lock (taken)
        {
            for (var tries = 0; tries < most; tries++)
            {
                var address = range.At(first + next / range.BlockSize, next % range.BlockSize);
                next = (next + 1) % most;
                if (taken.Add(address)) return address;
            }
            return null;
        }
    }

    /// <summary>Notes the address of a pod that was adopted.</summary>
    public void Keep(string address)
    {
        lock (taken) taken.Add(address);
    }

    public void Free(string address)
    {
        lock (taken) taken.Remove(address);
    }
}
