using System.Globalization;
using Gossip.Core.Model;

namespace Gossip.Runtimes.Processes;

/// <summary>
/// The node's part of 127.0.0.0/8: Linux lets anybody bind any address there, so that pods need no privilege to
/// have one each. A node starts at the 127.x.y.0/24 that its id names and spills into those above. Addresses are
/// handed out in turn, so that a freed one rests before somebody else gets it.
/// </summary>
/// <remarks>
/// Thread-safe. Two nodes of one machine share a /24 with a chance of 1 in 65,024; their pods then only clash
/// where they bind the same port. 127.0.x.y is left to the machine (localhost, resolvers, host names).
/// </remarks>
sealed class LoopbackAddresses(NodeId node)
{
    const int Blocks = 254 * 256; // second octet 1..254, third 0..255
    const int BlockSize = 254; // last octet 1..254
    const int Most = 16 * BlockSize; // more pods than a machine runs

    readonly int first = (int)(StableHash.Mix(node.Value) % Blocks);
    readonly HashSet<string> taken = new(StringComparer.Ordinal);
    int next;

    /// <summary>An address that no pod of this node has; null when all are taken.</summary>
    public string? Take()
    {
        lock (taken)
        {
            for (var tries = 0; tries < Most; tries++)
            {
                var address = At(next);
                next = (next + 1) % Most;
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

    string At(int index)
    {
        var block = (first + index / BlockSize) % Blocks;
        return string.Create(CultureInfo.InvariantCulture, $"127.{1 + block / 256}.{block % 256}.{1 + index % BlockSize}");
    }
}
