using Gossip.Core.Membership;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Scheduling;
using Gossip.Core.Tables;
using Gossip.Core.Templates;

namespace Gossip.Bench.Openb;

/// <summary>
/// Nodes with their exact books, and the one stale view that every auctioneer has of them. Real: members on the ring,
/// hearsay, books, filters, scores. Modelled: what a decision sees of a node is its capacity as it was 0 to
/// <see cref="OldestView"/> pods ago, each node with its own phase; and every pod has another auctioneer, which has
/// awarded nothing yet that it could count beside.
/// </summary>
sealed class StaleCluster : IMemberList
{
    public const int OldestView = 100;

    readonly Member[] members;
    readonly Dictionary<NodeId, int> index;
    readonly Books[] books;
    readonly bool[] isStale;
    readonly int[][] byPhase;
    readonly SlotTable slots;
    readonly TypicalPods typical = new();
    readonly Hearsay hearsay;
    int pods;

    public StaleCluster(OpenbTrace trace, RandomStream random)
    {
        members = [.. trace.Nodes.Select(card => new Member(card, new Incarnation(1, 0), MemberState.Alive, default, new Capacity(1, 1, card.Allocatable, ""))).OrderBy(member => member.Id.Value)];
        index = members.Select((member, at) => (member.Id, at)).ToDictionary(pair => pair.Id, pair => pair.at);
        books = [.. members.Select(member => new Books(member.Card.Allocatable))];
        isStale = new bool[members.Length];
        var phases = Enumerable.Range(0, members.Length).ToLookup(_ => random.Below(OldestView + 1));
        byPhase = [.. Enumerable.Range(0, OldestView + 1).Select(phase => phases[phase].ToArray())];
        slots = new SlotTable(new NoTables(), this, NodeTimings.Lan).Load(typical);
        hearsay = new Hearsay(slots, typical, this);
        Candidates = new Candidates(this, hearsay, SchedulingRules.Default);
    }

    public Candidates Candidates { get; }
    public NodeId Self => members[0].Id;
    public ReadOnlySpan<Member> All => members;
    public ReadOnlySpan<Member> Live => members;
    public Member? Find(NodeId node) => index.TryGetValue(node, out var at) ? members[at] : null;
    public Books BooksOf(NodeId node) => books[index[node]];

    /// <summary>A pod more is wanted: every node's tables count it, and some nodes' news has got round.</summary>
    public void Arrive(PodTemplate pod)
    {
        typical.Count(pod, 1);
        foreach (var node in byPhase[pods++ % byPhase.Length]) Hear(node);
    }

    /// <summary>What the node itself sees when it is asked.</summary>
    public NodeFacts Exactly(NodeId node, in Resources free) => hearsay.Of(members[index[node]], default) with { Free = free };

    public void Changed(NodeId node) => isStale[index[node]] = true;

    /// <summary>News of a node reaches everybody.</summary>
    public void Hear(NodeId node) => Hear(index[node]);

    void Hear(int at)
    {
        if (!isStale[at]) return;
        isStale[at] = false;
        var member = members[at];
        members[at] = member with { Capacity = new Capacity(1, member.Capacity.Version + 1, Told(books[at].Free), "") };
    }

    /// <summary>As a rumour carries it.</summary>
    static Resources Told(in Resources free) => free with
    {
        Devices = new Devices([.. free.Devices.Groups.Select(group => group with { Free = [.. group.Free.Where(milli => milli > 0).OrderDescending()] })]),
    };

    /// <summary>Pods come from the bench and not from rows.</summary>
    sealed class NoTables : ITables
    {
        public Row? Find(Uid uid) => null;
        public bool Covers(Uid uid) => false;
        public IEnumerable<Row> Rows(RowKind kind) => [];
        public ulong Version => 0;
        public ulong VersionOf(Uid uid) => 0;
    }
}
