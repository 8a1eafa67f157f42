using System.Globalization;

namespace Gossip.Core.Primitives;

/// <summary>A node, for as long as its name lives: the stable hash of the name. It is also its place on the ring.</summary>
public readonly record struct NodeId(ulong Value) : IComparable<NodeId>
{
    /// <summary>Nobody.</summary>
    public static readonly NodeId None;

    /// <summary>The id of a name: its hash, alike on every machine.</summary>
    public static NodeId Of(string name) => new(StableHash.Of(name));
    /// <inheritdoc/>
    public int CompareTo(NodeId other) => Value.CompareTo(other.Value);
    /// <inheritdoc/>
    public override string ToString() => Value.ToString("x16", CultureInfo.InvariantCulture);
}

/// <summary>
/// Which life of a node, and which refutation within it. Ordered; a member record with a greater incarnation
/// replaces one with a smaller. A node that hears of itself at its own or a greater incarnation than it lives
/// (an old suspicion, a boot its lost disk forgot) steps past it.
/// </summary>
/// <param name="Boot">Grows with each start of the node process.</param>
/// <param name="Refutation">Grows with each suspicion refuted within one boot.</param>
public readonly record struct Incarnation(ulong Boot, uint Refutation) : IComparable<Incarnation>
{
    /// <inheritdoc/>
    public int CompareTo(Incarnation other) =>
        Boot != other.Boot ? Boot.CompareTo(other.Boot) : Refutation.CompareTo(other.Refutation);
    /// <summary>Earlier.</summary>
    public static bool operator <(Incarnation a, Incarnation b) => a.CompareTo(b) < 0;
    /// <summary>Later.</summary>
    public static bool operator >(Incarnation a, Incarnation b) => a.CompareTo(b) > 0;
    /// <summary>Earlier or the same.</summary>
    public static bool operator <=(Incarnation a, Incarnation b) => a.CompareTo(b) <= 0;
    /// <summary>Later or the same.</summary>
    public static bool operator >=(Incarnation a, Incarnation b) => a.CompareTo(b) >= 0;
    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Boot}.{Refutation}");
}

/// <summary>One log of writes. A node keeps its writer across clean restarts and takes a new one after any doubt.</summary>
public readonly record struct WriterId(ulong Value) : IComparable<WriterId>
{
    /// <inheritdoc/>
    public int CompareTo(WriterId other) => Value.CompareTo(other.Value);
    /// <inheritdoc/>
    public override string ToString() => Value.ToString("x16", CultureInfo.InvariantCulture);
}

/// <summary>One durable write: the <paramref name="Seq"/>-th (from 1) of its writer.</summary>
public readonly record struct Dot(WriterId Writer, ulong Seq) : IComparable<Dot>
{
    /// <summary>No event.</summary>
    public static readonly Dot None;
    /// <inheritdoc/>
    public int CompareTo(Dot other) =>
        Writer != other.Writer ? Writer.CompareTo(other.Writer) : Seq.CompareTo(other.Seq);
    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Writer}:{Seq}");
}

/// <summary>A row's identity: the dot of the write that created it. Unique for ever, and never reused.</summary>
public readonly record struct Uid(Dot Birth) : IComparable<Uid>
{
    /// <summary>No object.</summary>
    public static readonly Uid None;

    /// <summary>The uid of the object that was born with this write.</summary>
    public Uid(ulong writer, ulong seq) : this(new Dot(new WriterId(writer), seq)) { }
    /// <inheritdoc/>
    public int CompareTo(Uid other) => Birth.CompareTo(other.Birth);

    /// <summary>The uid as Kubernetes shows it: 128 bits in the form of a GUID.</summary>
    public override string ToString() => StableHash.GuidText(Birth.Writer.Value, Birth.Seq);
}

/// <summary>
/// A derived pod. Every node computes the same id from the same workload, so that two controllers cannot make one
/// pod too many. A bare Pod is ordinal 0 of itself.
/// </summary>
/// <param name="Workload">The object it derives from.</param>
/// <param name="Ordinal">Its number among the workload's replicas, from 0.</param>
/// <param name="Template">Stable hash of the pod template's canonical bytes.</param>
public readonly record struct PodId(Uid Workload, int Ordinal, ulong Template) : IComparable<PodId>
{
    /// <inheritdoc/>
    public int CompareTo(PodId other)
    {
        if (Workload != other.Workload) return Workload.CompareTo(other.Workload);
        if (Ordinal != other.Ordinal) return Ordinal.CompareTo(other.Ordinal);
        return Template.CompareTo(other.Template);
    }

    /// <summary>Of one workload and template: whoever takes the one would take the other.</summary>
    public bool IsLike(PodId other) => Template == other.Template && Workload == other.Workload;

    /// <summary>For dictionaries: nested records would be asked one by one, and half of a decision is looking things up.</summary>
    public override int GetHashCode() => (int)((Template ^ Workload.Birth.Writer.Value + Workload.Birth.Seq + (ulong)Ordinal * 0x9E37_79B9) * 0x9FB2_1C65_1E98_DF25 >> 32);

    /// <summary>A stable 64-bit hash, for rings and tie-breaks.</summary>
    public ulong Hash() =>
        StableHash.Mix(StableHash.Mix(Workload.Birth.Writer.Value, Workload.Birth.Seq), StableHash.Mix(Template, (ulong)Ordinal));

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Workload}/{Ordinal}@{Template:x8}");
}

/// <summary>One attempt at running a pod, from 1. Asks, bids and awards of an older epoch are void.</summary>
public readonly record struct Epoch(uint Value) : IComparable<Epoch>
{
    /// <summary>No epoch: nothing has run yet.</summary>
    public static readonly Epoch None;

    /// <summary>The first run of a pod.</summary>
    public static readonly Epoch First = new(1);

    /// <summary>The epoch of the run after this one.</summary>
    public Epoch Next => new(Value + 1);
    /// <inheritdoc/>
    public int CompareTo(Epoch other) => Value.CompareTo(other.Value);
    /// <summary>Earlier.</summary>
    public static bool operator <(Epoch a, Epoch b) => a.Value < b.Value;
    /// <summary>Later.</summary>
    public static bool operator >(Epoch a, Epoch b) => a.Value > b.Value;
    /// <summary>Earlier or the same.</summary>
    public static bool operator <=(Epoch a, Epoch b) => a.Value <= b.Value;
    /// <summary>Later or the same.</summary>
    public static bool operator >=(Epoch a, Epoch b) => a.Value >= b.Value;

    /// <summary>The later of two.</summary>
    public static Epoch Max(Epoch a, Epoch b) => a >= b ? a : b;
    /// <inheritdoc/>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>One run of one pod on one node: what a runtime starts, stops and reports on.</summary>
public readonly record struct PodRun(PodId Pod, Epoch Epoch)
{
    /// <summary>A pod's uid for people: another for each epoch, as a recreated pod's is in Kubernetes.</summary>
    public string Uid => StableHash.GuidText(Pod.Hash(), Epoch.Value);

    /// <inheritdoc/>
    public override int GetHashCode() => Pod.GetHashCode() ^ (int)Epoch.Value;
    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Pod}#{Epoch}");
}

/// <summary>Kind, namespace and name: how people address an object. Cluster-wide kinds have an empty namespace.</summary>
public readonly record struct ObjectName(string Kind, string Namespace, string Name) : IComparable<ObjectName>
{
    /// <inheritdoc/>
    public int CompareTo(ObjectName other)
    {
        var byKind = string.CompareOrdinal(Kind, other.Kind);
        if (byKind != 0) return byKind;
        var byNamespace = string.CompareOrdinal(Namespace, other.Namespace);
        return byNamespace != 0 ? byNamespace : string.CompareOrdinal(Name, other.Name);
    }

    /// <inheritdoc/>
    public override string ToString() => Namespace.Length == 0 ? $"{Kind}/{Name}" : $"{Kind}/{Namespace}/{Name}";
}

/// <summary>
/// Where a node listens, datagrams and streams on one port: an IPv6 address (IPv4 in its mapped form) and a port.
/// A value, not a <c>System.Net.IPEndPoint</c>, so that a datagram costs no allocation.
/// </summary>
public readonly record struct NodeAddress(ulong High, ulong Low, ushort Port) : IComparable<NodeAddress>
{
    /// <summary>No address.</summary>
    public static readonly NodeAddress None;

    /// <summary>The IPv4 address <paramref name="ip"/> (network order as a number: 127.0.0.1 is 0x7F000001).</summary>
    public static NodeAddress V4(uint ip, ushort port) => new(0, 0xFFFF_0000_0000UL | ip, port);

    /// <inheritdoc/>
    public int CompareTo(NodeAddress other)
    {
        if (High != other.High) return High.CompareTo(other.High);
        return Low != other.Low ? Low.CompareTo(other.Low) : Port.CompareTo(other.Port);
    }

    /// <summary>Whether it is an IPv4 address, mapped into IPv6.</summary>
    public bool IsV4 => High == 0 && Low >> 32 == 0xFFFF;

    /// <summary>Without the port.</summary>
    public string Host => IsV4
        ? string.Create(CultureInfo.InvariantCulture, $"{(byte)(Low >> 24)}.{(byte)(Low >> 16)}.{(byte)(Low >> 8)}.{(byte)Low}")
        : string.Create(CultureInfo.InvariantCulture, $"{High >> 48:x}:{High >> 32 & 0xFFFF:x}:{High >> 16 & 0xFFFF:x}:{High & 0xFFFF:x}:{Low >> 48:x}:{Low >> 32 & 0xFFFF:x}:{Low >> 16 & 0xFFFF:x}:{Low & 0xFFFF:x}");

    /// <inheritdoc/>
    public override string ToString() => IsV4 ? $"{Host}:{Port}" : $"[{Host}]:{Port}";
}
