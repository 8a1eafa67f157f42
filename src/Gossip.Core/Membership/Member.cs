using System.Collections.Immutable;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;

namespace Gossip.Core.Membership;

/// <summary>What this node believes of another. At one incarnation a later state overrides an earlier one.</summary>
public enum MemberState : byte
{
    /// <summary>It answers, or somebody says so.</summary>
    Alive,

    /// <summary>Somebody got no answer: it has the suspicion time to refute.</summary>
    Suspect,

    /// <summary>Nobody got an answer in time, and it did not refute.</summary>
    Dead,

    /// <summary>It said that it leaves.</summary>
    Left,
}

/// <summary>
/// What a node says of itself and rarely changes: it travels with its member record. Bounded, so that a record
/// always fits a datagram; what an operator adds to a node lives in the tables instead.
/// </summary>
/// <param name="Name">The node's name, a DNS label; <see cref="NodeId.Of"/> it is the id.</param>
/// <param name="Allocatable">What pods may take of it.</param>
/// <param name="Runtimes">Ordinally ordered; an in-process workload appears as <c>in-process/NAME</c>.</param>
/// <param name="ApiUrl">Where its HTTP API answers, or empty.</param>
public sealed record NodeCard(
    string Name,
    NodeAddress Address,
    Labels Labels,
    ImmutableArray<Taint> Taints,
    Resources Allocatable,
    ImmutableArray<string> Runtimes,
    string ApiUrl)
{
    /// <summary>Bytes of the encoded card: a third of a datagram, so that three records share one.</summary>
    public const int EncodedMax = 360;

    /// <summary>The name's hash: what messages and rows carry.</summary>
    public NodeId Id => NodeId.Of(Name);
}

/// <summary>
/// What a node has left, by its own books. Volatile; the newest (boot, version) wins. The version moves whenever
/// something is freed, so that a refusal can be compared with it.
/// </summary>
/// <param name="Unready">Conditions that keep pods away, such as a lost runtime; empty when all is well.</param>
public readonly record struct Capacity(ulong Boot, ulong Version, Resources Free, string Unready)
{
    /// <summary>What is believed of a node before it has told.</summary>
    public static readonly Capacity Unknown = new(0, 0, Resources.Zero, "");

    readonly string? lostRuntimes;

    /// <summary>Runtime classes whose engines are gone, comma-separated; empty when all are there. Others still take pods.</summary>
    public string LostRuntimes
    {
        get => lostRuntimes ?? "";
        init => lostRuntimes = value.Length == 0 ? null : value; // one empty, so that equal ones are
    }

    readonly string? fault;

    /// <summary>Which rule of the host app failed, and how; empty when all is well. It refuses, others take the pods.</summary>
    public string HostFault
    {
        get => fault ?? "";
        init => fault = value.Length == 0 ? null : value;
    }

    readonly string? damage;

    /// <summary>What was wrong with the node's store when it started, this life long; empty when nothing was.</summary>
    public string StoreDamage
    {
        get => damage ?? "";
        init => damage = value.Length == 0 ? null : value;
    }

    /// <summary>How the node's disk does.</summary>
    public DiskState Disk { get; init; }

    /// <summary>What the node's machine is short of.</summary>
    public Pressures Pressures { get; init; }

    /// <summary>The wire's text of lost runtime classes: distinct, joined by commas.</summary>
    public static string LostText(IEnumerable<string> classes) => string.Join(',', classes.Distinct(StringComparer.Ordinal));

    /// <summary>Whether a runtime class is one of a text that LostText made.</summary>
    public static bool IsAmong(string lostRuntimes, string runtimeClass)
    {
        foreach (var part in lostRuntimes.AsSpan().Split(','))
            if (lostRuntimes.AsSpan(part).SequenceEqual(runtimeClass)) return true;
        return false;
    }

    /// <summary>Whether this was told later by the same node: a greater boot, then a greater version.</summary>
    public bool IsNewerThan(in Capacity other) =>
        Boot != other.Boot ? Boot > other.Boot : Version > other.Version;
}

/// <summary>A member as this node sees it now. Immutable: a change replaces it.</summary>
/// <param name="Since">When this node came to believe <paramref name="State"/>, on its own monotonic clock.</param>
public sealed record Member(NodeCard Card, Incarnation Incarnation, MemberState State, Instant Since, Capacity Capacity)
{
    /// <summary>The card's id.</summary>
    public NodeId Id { get; } = Card.Id;

    /// <summary>The card's name.</summary>
    public string Name => Card.Name;

    /// <summary>Where the card says that the node listens.</summary>
    public NodeAddress Address => Card.Address;

    /// <summary>Pods on it count, it may be asked, probed and gossiped to. A suspect still is.</summary>
    public bool IsLive => State is MemberState.Alive or MemberState.Suspect;
}

/// <summary>One step of the member list. <paramref name="Before"/> is null for a newcomer, <paramref name="After"/> for one forgotten.</summary>
readonly record struct MemberChange(NodeId Node, Member? Before, Member? After)
{
    /// <summary>True when it joined or left the set of live members.</summary>
    public bool ChangesLiveness => (Before?.IsLive ?? false) != (After?.IsLive ?? false);
}
