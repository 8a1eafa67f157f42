using Gossip.Core.Primitives;
using Gossip.Core.Turns;

namespace Gossip.Core.Membership;

/// <summary>
/// How nodes find together, at the start and after any partition. A node alone asks its seeds until one answers; one
/// in company goes on knocking, now and then, at an address of the dead or at a seed that it does not see. Where
/// somebody answers, both sides exchange their whole lists.
/// </summary>
/// <remarks>Messages: <see cref="MemberSync"/>. Timers: JoinRetry, DeadRetry.</remarks>
sealed class Reunion(NodeConfig config, Beliefs beliefs, RandomStream random, Outbox outbox)
{
    readonly NodeAddress address = config.Card.Address;
    ulong joins;

    public void Start(Turn turn)
    {
        Join(turn);
        WakeForTheDead(turn);
    }

    /// <summary>Asks the seeds, and again until somebody is there.</summary>
    public void Join(Turn turn)
    {
        var asked = false;
        foreach (var seed in config.Seeds)
        {
            if (seed == address) continue;
            Exchange(seed, asks: true, turn);
            asked = true;
        }
        if (!asked) return;
        var retry = config.Timings.JoinRetry;
        turn.Wake(new NodeTimer(NodeTimerKind.JoinRetry, 0, ++joins), random.Between(retry * 0.75, retry * 1.25));
    }

    public void OnJoinRetry(NodeTimer due, Turn turn)
    {
        if (due.Epoch == joins && beliefs.IsAlone) Join(turn);
    }

    public void OnDeadRetry(Turn turn)
    {
        var doors = beliefs.RememberedAddresses.Count + config.Seeds.Length;
        var first = doors == 0 ? 0 : random.Below(doors);
        for (var i = 0; i < doors; i++)
        {
            var door = (first + i) % doors;
            var to = door < beliefs.RememberedAddresses.Count ? beliefs.RememberedAddresses[door].Address : config.Seeds[door - beliefs.RememberedAddresses.Count];
            if (to == address || beliefs.Table.LiveAt(to) is not null) continue;
            Exchange(to, asks: true, turn);
            break;
        }
        WakeForTheDead(turn);
    }

    /// <summary>Sends the whole list, in as many frames as it takes; only the last asks for the other's.</summary>
    public void Exchange(NodeAddress to, bool asks, Turn turn)
    {
        var records = new MemberRecord[beliefs.Table.All.Length];
        for (var i = 0; i < records.Length; i++) records[i] = MemberRecord.Of(beliefs.Table.All[i], turn.Now);
        var graves = beliefs.RememberedAddresses.ToArray();
        for (var start = 0; start < records.Length; start += MemberSync.RecordsMost)
        {
            var isLast = start + MemberSync.RecordsMost >= records.Length;
            var part = records.AsMemory(start, Math.Min(MemberSync.RecordsMost, records.Length - start));
            outbox.SendFrame(to, new MemberSync(address, asks && isLast, part, isLast ? graves : default), turn);
        }
    }

    public void OnSync(in MemberSync sync, Turn turn)
    {
        foreach (ref readonly var record in sync.Members.Span) beliefs.Learn(record, hearsay: true, turn);
        foreach (var grave in sync.RememberedAddresses.Span)
            if (beliefs.Table.Find(grave.Node) is null && !beliefs.RememberedAddresses.Has(grave.Node)) beliefs.RememberedAddresses.Add(grave);
        if (sync.Asks) Exchange(sync.ReplyTo, asks: false, turn);
    }

    void WakeForTheDead(Turn turn)
    {
        var retry = config.Timings.DeadRetry;
        turn.Wake(new NodeTimer(NodeTimerKind.DeadRetry), random.Between(retry * 0.5, retry * 1.5));
    }
}
