using Gossip.Core.Membership;
using Gossip.Core.Primitives;
using Gossip.Core.Tables;

namespace Gossip.Core.Leases;

/// <summary>What the voters granted one run on this node. It counts each grant from when it was asked for, which is before the voter counted.</summary>
sealed class Lease(PodRun run, Instant since, Inquiry inquiry)
{
    const int AsksMost = 16;

    readonly List<(ulong Number, Instant Sent)> asks = [];
    readonly SortedDictionary<NodeId, Instant> granted = [];

    public PodRun Run => run;

    /// <summary>When this life of the node first wanted it.</summary>
    public Instant Since { get; } = since;

    /// <summary>Of the voters. Each try has a number of its own, for a grant counts from the try that it answers.</summary>
    public Inquiry Inquiry => inquiry;

    public Instant NextAsk => inquiry.NextTry;

    /// <summary>The last ask so far; 0 before any.</summary>
    public ulong LastNumber => asks.Count > 0 ? asks[^1].Number : 0;

    /// <summary>How often it was asked for in vain since it was last held.</summary>
    public int Failures { get; set; }

    /// <summary>Some voter says that another has it.</summary>
    public bool IsHeldElsewhere { get; set; }

    /// <summary>What the last voter that refused said.</summary>
    public string Why { get; set; } = "";

    public IEnumerable<NodeId> Granters => granted.Keys;

    public void Asked(ulong number, Instant at)
    {
        if (asks.Count == AsksMost) asks.RemoveAt(0);
        asks.Add((number, at));
    }

    /// <summary>False for an ask that was given up meanwhile.</summary>
    public bool TryGrant(ulong number, NodeId voter)
    {
        foreach (var ask in asks)
        {
            if (ask.Number != number) continue;
            if (!granted.TryGetValue(voter, out var before) || before < ask.Sent) granted[voter] = ask.Sent;
            return true;
        }
        return false;
    }

    public bool Knows(ulong number) => asks.Exists(ask => ask.Number == number);

    public void Forget()
    {
        asks.Clear();
        granted.Clear();
    }

    public int GrantsOf(VoterList list, Instant after)
    {
        var count = 0;
        foreach (var voter in list.Ids)
            if (granted.TryGetValue(voter, out var from) && from > after) count++;
        return count;
    }

    /// <summary>From when its term counts: the latest moment since which a majority has granted it; null without a majority.</summary>
    public Instant? From(VoterList? list)
    {
        if (list is null) return null;
        var each = new List<Instant>(list.Ids.Length);
        foreach (var voter in list.Ids)
            if (granted.TryGetValue(voter, out var from)) each.Add(from);
        if (each.Count < list.Majority) return null;
        each.Sort();
        return each[^list.Majority];
    }
}
