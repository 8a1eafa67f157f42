using System.Collections.Immutable;
using System.Globalization;
using Gossip.Core.Kinds;
using Gossip.Core.Membership;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Requests;
using Gossip.Core.Tables;
using Gossip.Core.Turns;
using Gossip.Core.Wire;
using MessagePack;

namespace Gossip.Core.Leases;

/// <summary>
/// Changes the voters' list for a user: the first list is simply written; each later one differs by one name and is decided by
/// a majority of the one before (see <see cref="Consent"/>). What another try may have decided is finished first.
/// </summary>
/// <remarks>Inputs: <see cref="ChangeVoters"/>, <see cref="VoteReply"/>, the timer VoteDue. Outputs: <see cref="VoteAsk"/>, the list's cell, replies.</remarks>
sealed class VoterChange(VoterBook voters, IMemberList members, IRowWriter writer, Outbox outbox) : INodePart
{
    const int TriesMost = 10;
    static readonly TimeSpan TryAgain = TimeSpan.FromMilliseconds(400);

    sealed class Try
    {
        public required RequestId Request { get; init; }
        public required VoterList Old { get; init; }
        public required ImmutableArray<string> Wanted { get; init; }
        public required Ballot Ballot { get; set; }
        public required ulong Number { get; init; }
        public required Inquiry Inquiry { get; init; }

        /// <summary>What is to be consented to; empty while promises are gathered.</summary>
        public ImmutableArray<string> Names { get; set; } = [];
        public SortedSet<NodeId> Consents { get; } = [];
        public Ballot Accepted { get; set; }
        public ImmutableArray<string> AcceptedNames { get; set; } = [];
        public ulong RoundMost { get; set; }
        public string Why { get; set; } = "they do not answer";
        public bool IsDecided { get; set; }
    }

    Try? open;
    ulong rounds;
    ulong numbers;

    public ReadOnlySpan<MessageKind> Messages => [MessageKind.VoteReply];

    public ReadOnlySpan<NodeTimerKind> Timers => [NodeTimerKind.VoteDue];

    public ReadOnlySpan<Type> Questions => new[] { typeof(ChangeVoters) };

    public void OnQuestion(RequestId id, Request question, Turn turn)
    {
        var change = (ChangeVoters)question;
        if (open is not null)
        {
            turn.Reply(id, new Refused(RefusedBecause.Unavailable, "this node is changing the voters already: try again"));
            return;
        }
        if (change.Add.IsEmpty && change.Remove.IsEmpty)
        {
            turn.Reply(id, voters.List is { } present ? new VotersAre(present.Version, present.Names) : new VotersAre(0, []));
            return;
        }
        foreach (var name in change.Add)
            if (members.Find(NodeId.Of(name)) is not { IsLive: true })
            {
                turn.Reply(id, new Refused(RefusedBecause.NotFound, $"there is no live node {name}"));
                return;
            }
        if (voters.List is not { } list)
        {
            Found(id, change, turn);
            return;
        }
        var remaining = list.Names.Except(change.Remove, StringComparer.Ordinal);
        ImmutableArray<string> wanted = [.. remaining.Union(change.Add, StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        if (wanted.AsSpan().SequenceEqual(list.Names.AsSpan())) turn.Reply(id, new VotersAre(list.Version, list.Names));
        else if (wanted.IsEmpty || wanted.Length > VotersKind.Most || !VoterList.IsOneStep(list.Names, wanted))
            turn.Reply(id, new Refused(
                RefusedBecause.Invalid, $"one name at a time is added or removed, from 1 to {VotersKind.Most} stay"));
        else
        {
            var inquiry = new Inquiry(members, outbox, TryAgain, TriesMost);
            open = new Try { Request = id, Old = list, Wanted = wanted, Ballot = NewBallot(0), Number = ++numbers, Inquiry = inquiry };
            Ask(turn);
        }
    }

    public void OnTimer(NodeTimer timer, Turn turn)
    {
        if (open is null || open.Number != timer.Subject || !open.Inquiry.IsWokenBy(timer) || open.IsDecided) return;
        if (open.Inquiry.IsGivenUp)
        {
            End(new Refused(RefusedBecause.Unavailable, string.Create(CultureInfo.InvariantCulture,
                $"{open.Consents.Count} of {open.Old.Names.Length} voters consent, {open.Old.Majority} must: {open.Why}")), turn);
            return;
        }
        if (open.RoundMost > open.Ballot.Round)
        {
            open.Ballot = NewBallot(open.RoundMost); // another's try came between: from the start, after it
            open.Names = [];
            open.Consents.Clear();
        }
        Ask(turn);
    }

    public void OnMessage(in Message message, Turn turn)
    {
        var reader = new MessagePackReader(message.Body);
        var reply = VoteReply.Read(ref reader);
        if (open is null || open.IsDecided || reply.Version != open.Old.Version + 1 || reply.Ballot != open.Ballot) return;
        if (reply.ForNames == open.Names.IsEmpty || !open.Old.Has(message.Sender)) return;
        if (!reply.Consents)
        {
            open.RoundMost = Math.Max(open.RoundMost, reply.Promised.Round);
            open.Why = reply.Why.Length > 0 ? $"{members.Find(message.Sender)?.Name} {reply.Why}" : "another change is under way";
            return;
        }
        if (!reply.ForNames && !reply.Names.IsEmpty && reply.Accepted.CompareTo(open.Accepted) > 0)
            (open.Accepted, open.AcceptedNames) = (reply.Accepted, reply.Names);
        if (!open.Consents.Add(message.Sender) || open.Consents.Count < open.Old.Majority) return;
        if (open.Names.IsEmpty)
        {
            open.Names = open.AcceptedNames.IsEmpty ? open.Wanted : open.AcceptedNames;
            open.Consents.Clear();
            Ask(turn);
        }
        else Publish(turn);
    }

    /// <summary>The first list needs nobody's consent. Say it once, while the cluster is whole: two partitions could each make one.</summary>
    void Found(RequestId id, ChangeVoters change, Turn turn)
    {
        ImmutableArray<string> names = [.. change.Add.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        if (names.Length is 0 or > VotersKind.Most || !change.Remove.IsEmpty)
        {
            turn.Reply(id, new Refused(RefusedBecause.Invalid, $"there are no voters: name from 1 to {VotersKind.Most}"));
            return;
        }
        writer.Create(RowKind.Object,
            [(Fields.Birth, new ObjectBirth(VotersKind.Name, "gossip.dev/v1").ToBytes()), (Fields.Voters, VoterList.Write(names))], turn,
            (_, later) => later.Reply(id, new VotersAre(1, names)));
    }

    void Publish(Turn turn)
    {
        var decided = open!;
        decided.IsDecided = true;
        if (voters.List is not { } list || list.Row != decided.Old.Row)
        {
            End(new Refused(RefusedBecause.Conflict, "another voters' list was there first"), turn);
            return;
        }
        var version = decided.Old.Version + 1;
        writer.Raise(list.Row, Fields.Voters, version, VoterList.Write(decided.Names), turn, (_, later) => End(
            decided.Names.AsSpan().SequenceEqual(decided.Wanted.AsSpan())
                ? new VotersAre(version, decided.Names)
                : new Refused(RefusedBecause.Conflict, $"another change came first, and the voters are now {string.Join(", ", decided.Names)}: try again"), later));
    }

    void End(Reply reply, Turn turn)
    {
        var ended = open!;
        open = null;
        turn.Reply(ended.Request, reply);
    }

    Ballot NewBallot(ulong after) => new(rounds = Math.Max(rounds, after) + 1, members.Self, outbox.Boot);

    void Ask(Turn turn)
    {
        var asked = open!;
        NodeId[] silent = [.. asked.Old.Ids.Where(voter => !asked.Consents.Contains(voter))];
        asked.Inquiry.Ask(silent, new VoteAsk(asked.Old.Version + 1, asked.Ballot, asked.Names), turn);
        asked.Inquiry.Wake(NodeTimerKind.VoteDue, asked.Number, turn);
    }
}
