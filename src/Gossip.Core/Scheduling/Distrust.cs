using System.Globalization;
using Gossip.Core.Membership;
using Gossip.Core.Primitives;

namespace Gossip.Core.Scheduling;

/// <summary>
/// Nodes whose bids came to nothing: awarded, they refused, fell silent, or said yes and admitted nothing; or whose
/// refusals told of one later epoch after the other. A broken or malicious node could win every auction for ever. After a few
/// failures in a row it is not asked until the version of its capacity moves. A liar may move that as often as it likes, so there is
/// also a hold-off, which doubles with each relapse. One admission clears the record. (The doubling is that of SWIM's return of the
/// dead. What one auctioneer saw it keeps to itself, or a liar could have others left out.)
/// </summary>
sealed class Distrust(IMemberList members, NodeTimings timings)
{
    /// <summary>An honest node may lose one to the network and one to a race.</summary>
    public const int FailuresMost = 3;

    readonly record struct Record(int Failures, ulong Boot, ulong Version, Instant Until, TimeSpan HoldOff);

    readonly Dictionary<NodeId, Record> records = [];

    public bool IsEmpty => records.Count == 0;

    /// <summary>It was awarded and nothing came of it, or a round ended by its word.</summary>
    public void Failed(NodeId node, Now now)
    {
        if (members.Find(node) is not { Capacity: var capacity }) return;
        var record = records.GetValueOrDefault(node);
        record = record with { Failures = record.Failures + 1, Boot = capacity.Boot, Version = capacity.Version };
        if (record.Failures >= FailuresMost && record.Until <= now.Monotonic)
        {
            var holdOff = record.HoldOff == TimeSpan.Zero ? timings.RoundBackoffLeast : 2 * record.HoldOff;
            if (holdOff > timings.RoundBackoffMost) holdOff = timings.RoundBackoffMost;
            record = record with { HoldOff = holdOff, Until = now.Monotonic + holdOff };
        }
        records[node] = record;
    }

    /// <summary>What it was awarded stands.</summary>
    public void Kept(NodeId node) => records.Remove(node);

    public void Forget(NodeId node) => records.Remove(node);

    /// <summary><see cref="WhyNot"/> of that moment, for whoever chooses whom to ask; null when nobody is distrusted.</summary>
    public Func<NodeId, string?>? At(Now now) => IsEmpty ? null : Asker(now);

    Func<NodeId, string?> Asker(Now now) => node => WhyNot(node, now);

    /// <summary>Why it is not asked; null when it may be.</summary>
    public string? WhyNot(NodeId node, Now now)
    {
        if (!records.TryGetValue(node, out var record) || record.Failures < FailuresMost) return null;
        if (members.Find(node) is not { Capacity: var capacity }) return null;
        var hasMoved = capacity.Boot != record.Boot || capacity.Version != record.Version;
        if (hasMoved && record.Until <= now.Monotonic) return null;
        var until = hasMoved ? "for a while" : "until its capacity moves";
        return string.Create(CultureInfo.InvariantCulture, $"its word came to nothing {record.Failures} times in a row: not asked {until}");
    }
}
