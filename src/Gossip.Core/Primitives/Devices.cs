using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;

namespace Gossip.Core.Primitives;

/// <summary>What a pod asks of its node's devices: a share of one, or so many whole ones.</summary>
/// <param name="Kind">As <c>gpu</c> in the resource <c>gossip.dev/gpu</c>.</param>
/// <param name="Count">How many devices; 1 for a share.</param>
/// <param name="Milli">Of each, in thousandths: <see cref="Whole"/>, or less for a share.</param>
/// <param name="Models">Those allowed, in ordinal order; empty for any.</param>
public sealed record DeviceRequest(string Kind, int Count, int Milli, ImmutableArray<string> Models)
{
    /// <summary>Thousandths in one whole device.</summary>
    public const int Whole = 1000;

    /// <summary>Whether a group is of the kind and of one of the models that are asked for.</summary>
    public bool Allows(in DeviceGroup group) =>
        string.Equals(Kind, group.Kind, StringComparison.Ordinal) && (Models.IsDefaultOrEmpty || Models.Contains(group.Model, StringComparer.Ordinal));

    /// <inheritdoc/>
    public bool Equals(DeviceRequest? other) =>
        other is not null && Kind == other.Kind && Count == other.Count && Milli == other.Milli && SpanOf(Models).SequenceEqual(SpanOf(other.Models));

    /// <inheritdoc/>
    public override int GetHashCode() => (int)StableHash.Mix(StableHash.Of(Kind), ((ulong)Count << 32) + (ulong)Milli) ^ SpanOf(Models).Length;

    /// <inheritdoc/>
    public override string ToString()
    {
        var amount = Milli == Whole ? string.Create(CultureInfo.InvariantCulture, $"{Count} whole {Kind}") : string.Create(CultureInfo.InvariantCulture, $"{Milli}/1000 of one {Kind}");
        return Models.IsDefaultOrEmpty ? amount : $"{amount} of {string.Join('|', Models)}";
    }

    static ReadOnlySpan<string> SpanOf(ImmutableArray<string> items) => items.IsDefault ? [] : items.AsSpan();
}

/// <summary>The devices of one kind and model on a node.</summary>
/// <param name="Free">Thousandths free of each. On the node itself by device; by hearsay in descending order, those that are full left out.</param>
public readonly record struct DeviceGroup(string Kind, string Model, ImmutableArray<int> Free)
{
    /// <inheritdoc/>
    public bool Equals(DeviceGroup other) => Kind == other.Kind && Model == other.Model && Free.AsSpan().SequenceEqual(other.Free.AsSpan());
    /// <inheritdoc/>
    public override int GetHashCode() => (int)StableHash.Of(Model) ^ Free.Length;
}

/// <summary>Which devices a pod got.</summary>
/// <param name="Group">Index into <see cref="Devices.Groups"/>.</param>
/// <param name="Mask">Bit i for the group's device i.</param>
public readonly record struct DeviceGrant(int Group, ulong Mask);

/// <summary>
/// What is free of a node's devices, device by device: a share fits on one of them or not at all, so a sum would not do.
/// Immutable. Which device a pod gets is no choice: of those that fit the fullest, and of these the first.
/// </summary>
public sealed class Devices(ImmutableArray<DeviceGroup> groups) : IEquatable<Devices>
{
    /// <summary>Those that manifests can ask for.</summary>
    public static readonly ImmutableArray<string> Kinds = ["gpu", "npu", "fpga"];

    /// <summary>How many groups a node tells at most.</summary>
    public const int GroupsMost = 4;

    /// <summary>In a group: the bits of a <see cref="DeviceGrant"/>.</summary>
    public const int InGroupMost = 64;

    /// <summary>No device.</summary>
    public static readonly Devices None = new([]);

    /// <summary>The node's groups, each of one kind and model.</summary>
    public ImmutableArray<DeviceGroup> Groups => groups;

    /// <summary>Whether there is no group.</summary>
    public bool IsNone => groups.IsEmpty;

    /// <summary>Devices of one model that nobody uses.</summary>
    public static Devices WholeOnes(string kind, string model, int count) => new([new DeviceGroup(kind, model, [.. Enumerable.Repeat(DeviceRequest.Whole, count)])]);

    /// <summary>These and others; equal models are not joined.</summary>
    public Devices With(Devices others) => new([.. groups, .. others.Groups]);

    /// <summary>Whether a request can be granted now.</summary>
    public bool Fits(DeviceRequest request) => Choose(request) is not null;

    /// <summary>The devices that a pod would get; null when it does not fit.</summary>
    public DeviceGrant? Choose(DeviceRequest request)
    {
        for (var g = 0; g < groups.Length; g++)
        {
            if (!request.Allows(groups[g])) continue;
            var mask = request.Milli == DeviceRequest.Whole ? WholeOnesOf(groups[g], request.Count) : TightestOf(groups[g], request.Milli);
            if (mask != 0) return new DeviceGrant(g, mask);
        }
        return null;
    }

    /// <summary>Whether exactly those are (still) free for it.</summary>
    public bool Have(DeviceGrant grant, DeviceRequest request)
    {
        if (grant.Group >= groups.Length || !request.Allows(groups[grant.Group])) return false; // of a life in which the node had other devices
        var free = groups[grant.Group].Free;
        for (var mask = grant.Mask; mask != 0; mask &= mask - 1)
            if (BitOperations.TrailingZeroCount(mask) is var device && (device >= free.Length || free[device] < request.Milli)) return false;
        return true;
    }

    /// <summary>The granted devices for people and pods, as <c>gpu:T4:0,gpu:T4:3</c>: kind, model, and the place among those of that model.</summary>
    public string NamesOf(DeviceGrant grant)
    {
        if (grant.Group >= groups.Length) return ""; // of a life in which the node had other devices
        var (kind, model, _) = groups[grant.Group];
        var names = new List<string>();
        for (var mask = grant.Mask; mask != 0; mask &= mask - 1)
            names.Add(string.Create(CultureInfo.InvariantCulture, $"{kind}:{model}:{BitOperations.TrailingZeroCount(mask)}"));
        return string.Join(',', names);
    }

    /// <summary>What is free once a grant is in use. <paramref name="milli"/> is in thousandths of one device.</summary>
    public Devices Take(DeviceGrant grant, int milli) => Change(grant, -milli);

    /// <summary>What is free once a grant has ended. <paramref name="milli"/> is in thousandths of one device.</summary>
    public Devices Give(DeviceGrant grant, int milli) => Change(grant, milli);

    /// <summary>Thousandths of all devices together; what is in debt counts as none.</summary>
    public long Free
    {
        get
        {
            var sum = 0L;
            foreach (var group in groups)
                foreach (var free in group.Free) sum += Math.Max(0, free);
            return sum;
        }
    }

    /// <summary>How many there are of a kind, whatever their model.</summary>
    public int CountOf(string kind)
    {
        var count = 0;
        foreach (var group in groups)
            if (string.Equals(group.Kind, kind, StringComparison.Ordinal)) count += group.Free.Length;
        return count;
    }

    /// <summary>Whether something may fit here that does not fit there.</summary>
    public bool HasMoreThan(Devices other)
    {
        if (ReferenceEquals(this, other)) return false;
        if (groups.Length != other.Groups.Length) return true;
        Span<int> mine = stackalloc int[InGroupMost], its = stackalloc int[InGroupMost];
        for (var g = 0; g < groups.Length; g++)
        {
            if (groups[g].Kind != other.Groups[g].Kind || groups[g].Model != other.Groups[g].Model) return true;
            Descending(groups[g].Free, mine);
            Descending(other.Groups[g].Free, its);
            for (var i = 0; i < InGroupMost; i++)
                if (mine[i] > its[i]) return true;
        }
        return false;
    }

    /// <inheritdoc/>
    public bool Equals(Devices? other) => other is not null && groups.AsSpan().SequenceEqual(other.Groups.AsSpan());
    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Devices);
    /// <inheritdoc/>
    public override int GetHashCode() => groups.Length;

    Devices Change(DeviceGrant grant, int by)
    {
        if (grant.Group >= groups.Length) return this; // of a life in which the node had other devices
        var free = groups[grant.Group].Free.ToArray();
        for (var mask = grant.Mask; mask != 0; mask &= mask - 1)
            if (BitOperations.TrailingZeroCount(mask) is var device && device < free.Length) free[device] += by;
        return new Devices(groups.SetItem(grant.Group, groups[grant.Group] with { Free = ImmutableArray.Create(free) }));
    }

    static ulong WholeOnesOf(in DeviceGroup group, int count)
    {
        var mask = 0UL;
        for (var i = 0; i < group.Free.Length && count > 0; i++)
        {
            if (group.Free[i] < DeviceRequest.Whole) continue;
            mask |= 1UL << i;
            count--;
        }
        return count == 0 ? mask : 0;
    }

    static ulong TightestOf(in DeviceGroup group, int milli)
    {
        var tightest = -1;
        for (var i = 0; i < group.Free.Length; i++)
            if (group.Free[i] >= milli && (tightest < 0 || group.Free[i] < group.Free[tightest])) tightest = i;
        return tightest < 0 ? 0 : 1UL << tightest;
    }

    static void Descending(ImmutableArray<int> free, Span<int> into)
    {
        into.Clear();
        free.AsSpan().CopyTo(into);
        into.Sort((a, b) => b.CompareTo(a));
    }
}
