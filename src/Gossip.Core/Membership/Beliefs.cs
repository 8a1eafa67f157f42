using Gossip.Core.Primitives;
using Gossip.Core.Turns;
using Gossip.Core.Wire;

namespace Gossip.Core.Membership;

/// <summary>
/// What this node believes of every member, itself included, and how a record changes it: a greater record replaces
/// a smaller one and is told on; an accusation of this node is answered with a greater incarnation of its own.
/// Source: section 4.2 of Das, Gupta, Motivala, "SWIM", 2002.
/// </summary>
sealed class Beliefs(NodeConfig config, ulong boot, Outbox outbox, List<MemberChange> changes)
{
    static readonly TimeSpan NamesakeEvery = TimeSpan.FromSeconds(5);

    readonly NodeId self = config.Card.Id;
    readonly Suspicions suspicions = new(config.Timings);
    readonly WireBuffer scratch = new();
    Instant namesakeAgain;

    public MemberTable Table { get; } = new();
    public RumourQueue Rumours { get; } = new();
    public RememberedAddresses RememberedAddresses { get; } = new();

    public Member Own => Table.Find(self)!;
    public bool IsAlone => Table.Live.Length <= 1;

    /// <summary>True once this node said goodbye: it objects to nothing any more.</summary>
    public bool HasLeft => Own.State == MemberState.Left;

    /// <summary>Nothing runs here yet, as far as anybody knows.</summary>
    public void Begin()
    {
        foreach (var known in config.Acquainted) Table.Set(known);
        Table.Set(new Member(config.Card, new Incarnation(boot, 0), MemberState.Alive, default, new Capacity(boot, 1, config.Card.Allocatable, "")));
    }

    /// <summary>The clock is known.</summary>
    public void Start(Now now) => Table.Set(Own with { Since = now.Monotonic });

    /// <param name="hearsay">
    /// From a list, not from news: two sides of a healed partition each list the other as dead, so such a death only
    /// makes a suspect of one whom this node sees alive, and leaves it the time to object.
    /// </param>
    public void Learn(in MemberRecord record, bool hearsay, Turn turn)
    {
        if (record.Id == self)
        {
            Answer(record, turn);
            return;
        }
        var held = Table.Find(record.Id);
        var state = hearsay && record.State == MemberState.Dead && held is { IsLive: true } ? MemberState.Suspect : record.State;
        var news = record with { State = state };
        if (held is null)
        {
            if (state == MemberState.Dead && record.Age >= config.Timings.DeadRecord) RememberedAddresses.Add(new RememberedAddress(record.Id, record.Card.Address));
            else Replace(null, news, turn);
        }
        else if (news.Overrides(held)) Replace(held, news, turn);
        else Learn(held.Id, record.Capacity);
    }

    /// <summary>Changes the state of a member by this node's own evidence.</summary>
    public void Judge(Member held, MemberState state, Turn turn) =>
        Replace(held, MemberRecord.Of(held, turn.Now) with { State = state, Age = TimeSpan.Zero }, turn);

    /// <summary>Somebody, perhaps this node, asked another in vain. Who is suspected himself, or gone, accuses nobody.</summary>
    public void Hear(in Accusation heard, Turn turn)
    {
        if (Table.Find(heard.Node) is not { IsLive: true } held || held.Incarnation != heard.Of || heard.Node == heard.By) return;
        if (held.State == MemberState.Alive) Learn(MemberRecord.Of(held, turn.Now) with { State = MemberState.Suspect }, hearsay: false, turn);
        if (Table.Find(heard.By) is { State: MemberState.Alive } && suspicions.Confirm(heard.Node, heard.By, turn))
            Offer(Accusation.SubjectOf(heard.Node, heard.By), heard);
    }

    public void Learn(NodeId node, in Capacity capacity)
    {
        if (Table.Find(node) is not { } held || !capacity.IsNewerThan(held.Capacity)) return;
        if (node != self) Put(held, held with { Capacity = capacity });
        else if (capacity.Boot > held.Incarnation.Boot) StepPast(capacity.Boot);
        else Put(held, held with { Capacity = held.Capacity with { Version = capacity.Version + 1 } }); // of a life that this node forgot
        Spread(node);
    }

    /// <summary>This node's own capacity, one version on.</summary>
    public void Announce(in Capacity capacity)
    {
        var own = Own;
        Put(own, own with { Capacity = capacity with { Boot = own.Capacity.Boot, Version = own.Capacity.Version + 1 } });
        Spread(self);
    }

    public void OnSuspicionEnds(NodeTimer due, Turn turn)
    {
        if (!suspicions.Stands(due)) return; // refuted meanwhile
        if (Table.Find(new NodeId(due.Subject)) is { IsLive: true } held) Judge(held, MemberState.Dead, turn);
    }

    /// <summary>Forgets the records of those long dead; their addresses stay.</summary>
    public void Reap(Now now)
    {
        for (var i = Table.All.Length - 1; i >= 0; i--)
        {
            var member = Table.All[i];
            if (member.IsLive || member.Id == self || now.Monotonic - member.Since < config.Timings.DeadRecord) continue;
            Table.Remove(member.Id);
            changes.Add(new MemberChange(member.Id, member, null));
        }
    }

    /// <summary>Says goodbye in this node's own name.</summary>
    public void Leave(Now now) => Restate(Own with { State = MemberState.Left, Since = now.Monotonic }, now);

    /// <summary>Tells this node's own record to whoever comes along.</summary>
    public void SpreadOwn(Now now) => Offer(self.Value, MemberRecord.Of(Own, now));

    /// <summary>Somebody speaks of this node. Whatever is worse than the truth, or from a life this one does not know, is stepped past.</summary>
    void Answer(in MemberRecord record, Turn turn)
    {
        var own = Own;
        if (HasLeft || record.Incarnation < own.Incarnation) return;
        if (record.Incarnation == own.Incarnation)
        {
            if (record.State == MemberState.Alive && record.Card.Address == own.Address)
            {
                Learn(self, record.Capacity);
                return;
            }
            if (record.State != MemberState.Alive)
            {
                turn.Note(new NodeNote(NoteLevel.Information, "Refuted", own.Name, $"was called {record.State}"));
                Restate(own with { Incarnation = own.Incarnation with { Refutation = own.Incarnation.Refutation + 1 } }, turn.Now);
                return;
            }
        }
        if (record.Card.Address != own.Address && record.State == MemberState.Alive) NoteNamesake(record.Card.Address, turn);
        StepPast(record.Incarnation.Boot);
        SpreadOwn(turn.Now);
    }

    /// <summary>Another node has this one's name. Said at most every few seconds: the two outbid each other for ever.</summary>
    public void NoteNamesake(NodeAddress at, Turn turn)
    {
        if (turn.Monotonic < namesakeAgain) return;
        namesakeAgain = turn.Monotonic + NamesakeEvery;
        turn.Note(
            new NodeNote(
                NoteLevel.Warning, "SameName", Own.Name, $"another node goes by this name at {at}: give one of the two another Name"));
    }

    /// <summary>Others remember a later life of this node (its disk and clock did not): it lives in the next.</summary>
    void StepPast(ulong remembered)
    {
        var own = Own;
        outbox.Boot = remembered + 1;
        Put(own, own with { Incarnation = new Incarnation(outbox.Boot, 0), Capacity = own.Capacity with { Boot = outbox.Boot } });
    }

    void Restate(Member own, Now now)
    {
        Put(Own, own);
        SpreadOwn(now);
    }

    void Replace(Member? before, in MemberRecord record, Turn turn)
    {
        var sameLife = before is not null && before.State == record.State && before.Incarnation.Boot == record.Incarnation.Boot;
        var capacity = before is not null && before.Capacity.IsNewerThan(record.Capacity) ? before.Capacity : record.Capacity;
        var after = new Member(
            record.Card, record.Incarnation, record.State, sameLife ? before!.Since : turn.Monotonic - record.Age, capacity);
        Put(before, after);
        Offer(after.Id.Value, MemberRecord.Of(after, turn.Now));

        foreach (var accuser in suspicions.Drop(after.Id)) Rumours.Drop(Accusation.SubjectOf(after.Id, accuser)); // a newer suspicion starts afresh
        if (after.State == MemberState.Suspect) suspicions.Open(after.Id, Table.Live.Length, turn);
        if (after.State == MemberState.Dead) RememberedAddresses.Add(new RememberedAddress(after.Id, after.Address));
        else RememberedAddresses.Remove(after.Id);
        if (before?.State != after.State)
            turn.Note(new NodeNote(
                after.State == MemberState.Alive ? NoteLevel.Information : NoteLevel.Warning, "MemberChanged", after.Name,
                $"{after.State} at incarnation {after.Incarnation}"));
    }

    void Put(Member? before, Member after)
    {
        Table.Set(after);
        changes.Add(new MemberChange(after.Id, before, after));
    }

    void Spread(NodeId node) => Offer(CapacityNews.SubjectOf(node), new CapacityNews(node, Table.Find(node)!.Capacity));

    void Offer<TMessage>(ulong subject, in TMessage message) where TMessage : IWireMessage<TMessage>
    {
        scratch.Clear();
        Envelope.Append(scratch, message);
        Rumours.Offer(subject, scratch.Written, (int)Math.Ceiling(config.Timings.TransmitFactor * Math.Log10(Table.Live.Length + 1)));
    }
}
