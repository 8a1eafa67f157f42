using System.Collections.Immutable;
using System.Globalization;

namespace Gossip.Core.Primitives;

/// <summary>Thousandths of a core.</summary>
public readonly record struct MilliCpu(long Value);

/// <summary>Bytes of memory or disk.</summary>
public readonly record struct Bytes(long Value);

/// <summary>A count of an extended resource such as <c>example.com/fpga</c>.</summary>
public readonly record struct ExtendedResource(string Name, long Count);

/// <summary>
/// What a node has or a pod asks for. Immutable; arithmetic saturates nowhere, because manifests are bounded to
/// <see cref="Greatest"/> a field when they are read and a node holds at most some thousands of pods.
/// </summary>
/// <param name="Pods">How many pods: 1 in a request.</param>
/// <param name="Extended">Ordered by name, ordinally; zero counts may be left out.</param>
public readonly record struct Resources(
    MilliCpu Cpu, Bytes Memory, Bytes Disk, int Pods, ImmutableArray<ExtendedResource> Extended)
{
    /// <summary>What a node has, or has left, of divisible devices. Sums leave it alone: which device a pod takes is for <see cref="Devices"/> to say.</summary>
    public Devices Devices { get => field ?? Devices.None; init; }

    /// <summary>2^53: what JSON numbers carry exactly. 1,024 of them still fit a long.</summary>
    public const long Greatest = 1L << 53;

    /// <summary>
    /// Bits a second, counted and not shaped. A node that does not name it has no limit that anybody knows of, and takes every pod as
    /// far as that goes: unlike with other resources, of which such a node has none.
    /// </summary>
    public const string Bandwidth = "gossip.dev/bandwidth";

    /// <summary>Nothing.</summary>
    public static readonly Resources Zero = new(default, default, default, 0, []);

    /// <summary>The sum, resource by resource.</summary>
    public static Resources operator +(in Resources a, in Resources b) => Combine(a, b, 1);

    /// <summary>What is left. Bandwidth that <paramref name="a"/> does not name stays without limit.</summary>
    public static Resources operator -(in Resources a, in Resources b) => Combine(a, b, -1);

    /// <summary>What is free once a pod has gone: a sum, but bandwidth that this does not name stays without limit.</summary>
    public Resources GivenBack(in Resources by) => Combine(this, by, 1, isFree: true);

    /// <summary>The greater of each part.</summary>
    public static Resources Max(in Resources a, in Resources b) => new(
        new MilliCpu(Math.Max(a.Cpu.Value, b.Cpu.Value)),
        new Bytes(Math.Max(a.Memory.Value, b.Memory.Value)),
        new Bytes(Math.Max(a.Disk.Value, b.Disk.Value)),
        Math.Max(a.Pods, b.Pods),
        MaxExtended(a, b));

    static ImmutableArray<ExtendedResource> MaxExtended(in Resources a, in Resources b)
    {
        var greatest = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var resource in SpanOf(a.Extended)) greatest[resource.Name] = resource.Count;
        foreach (var resource in SpanOf(b.Extended)) greatest[resource.Name] = Math.Max(resource.Count, greatest.GetValueOrDefault(resource.Name));
        return [.. greatest.Select(one => new ExtendedResource(one.Key, one.Value))];
    }

    /// <summary>How many of an extended resource there are; 0 when it is not named.</summary>
    public long CountOf(string name)
    {
        if (!Extended.IsDefaultOrEmpty)
            foreach (var resource in Extended)
                if (string.Equals(resource.Name, name, StringComparison.Ordinal)) return resource.Count;
        return 0;
    }

    /// <summary>Whether so many of an extended resource are there; of bandwidth that is not named, always.</summary>
    public bool HasRoomFor(in ExtendedResource asked)
    {
        if (!Extended.IsDefaultOrEmpty)
            foreach (var resource in Extended)
                if (string.Equals(resource.Name, asked.Name, StringComparison.Ordinal)) return asked.Count <= resource.Count;
        return asked.Count <= 0 || string.Equals(asked.Name, Bandwidth, StringComparison.Ordinal);
    }

    /// <summary>True when no part is below zero.</summary>
    public bool IsWhole
    {
        get
        {
            if (Cpu.Value < 0 || Memory.Value < 0 || Disk.Value < 0 || Pods < 0) return false;
            if (!Extended.IsDefaultOrEmpty)
                foreach (var resource in Extended)
                    if (resource.Count < 0) return false;
            return true;
        }
    }

    /// <inheritdoc/>
    public bool Equals(Resources other) =>
        Cpu == other.Cpu && Memory == other.Memory && Disk == other.Disk && Pods == other.Pods
        && SpanOf(Extended).SequenceEqual(SpanOf(other.Extended)) && Devices.Equals(other.Devices);

    /// <inheritdoc/>
    public override int GetHashCode() => (int)StableHash.Mix(StableHash.Mix((ulong)Cpu.Value, (ulong)Memory.Value), (ulong)Pods);

    /// <inheritdoc/>
    public override string ToString()
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"cpu {Cpu.Value}m, memory {Memory.Value >> 20}Mi, pods {Pods}");
        foreach (var resource in SpanOf(Extended))
            text += string.Create(CultureInfo.InvariantCulture, $", {resource.Name} {resource.Count}");
        foreach (var group in Devices.Groups)
            text += string.Create(CultureInfo.InvariantCulture, $", {group.Free.Length} {group.Kind} {group.Model}");
        return text;
    }

    static ReadOnlySpan<ExtendedResource> SpanOf(ImmutableArray<ExtendedResource> items) =>
        items.IsDefaultOrEmpty ? [] : items.AsSpan();

    static Resources Combine(in Resources a, in Resources b, int sign, bool isFree = false) => new(
        new MilliCpu(a.Cpu.Value + sign * b.Cpu.Value),
        new Bytes(a.Memory.Value + sign * b.Memory.Value),
        new Bytes(a.Disk.Value + sign * b.Disk.Value),
        a.Pods + sign * b.Pods,
        CombineExtended(a.Extended, b.Extended, sign, isFree || sign < 0))
    {
        Devices = a.Devices,
    };

    static ImmutableArray<ExtendedResource> CombineExtended(
        ImmutableArray<ExtendedResource> a, ImmutableArray<ExtendedResource> b, int sign, bool isFree)
    {
        if (b.IsDefaultOrEmpty) return a.IsDefault ? [] : a;
        var merged = ImmutableArray.CreateBuilder<ExtendedResource>();
        int i = 0, j = 0;
        var left = SpanOf(a);
        var right = SpanOf(b);
        while (i < left.Length || j < right.Length)
        {
            var order = i == left.Length ? 1 : j == right.Length ? -1 : string.CompareOrdinal(left[i].Name, right[j].Name);
            if (order < 0) merged.Add(left[i++]);
            else if (order > 0 && isFree && right[j].Name == Bandwidth) j++;
            else if (order > 0) merged.Add(right[j] with { Count = sign * right[j++].Count });
            else merged.Add(left[i] with { Count = left[i++].Count + sign * right[j++].Count });
        }
        return merged.DrainToImmutable();
    }
}
