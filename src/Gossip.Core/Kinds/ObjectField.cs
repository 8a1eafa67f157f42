using System.Text;

namespace Gossip.Core.Kinds;

/// <summary>One field of an object: its path (<c>spec.replicas</c>, <c>data.a.b</c>: the first dot parts) and its JSON, UTF-8.</summary>
public readonly record struct ObjectField(string Path, ReadOnlyMemory<byte> Json)
{
    /// <summary>Field length 2 + dot 18 + generation 5 + stamp 9 + value length 5, and room to grow.</summary>
    const int CellOverhead = 48;

    /// <summary>Bytes that it counts for in <see cref="Wire.Limits.ObjectBytes"/>.</summary>
    public long Weight => Encoding.UTF8.GetByteCount(Path) + Json.Length + CellOverhead;
}
