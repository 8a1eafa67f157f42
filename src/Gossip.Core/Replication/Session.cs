using Gossip.Core.Primitives;

namespace Gossip.Core.Replication;

/// <summary>One side of an exchange with a peer. Frames come in order over the stream; one missing cuts the session.</summary>
/// <param name="id">Drawn by whoever opened it: a node that restarted meanwhile knows nothing of it.</param>
/// <param name="ownContext">What this side covered when it said what it holds, encoded: its answer speaks of that moment.</param>
sealed class Session(NodeId peer, NodeAddress to, ulong id, ReadOnlyMemory<byte> ownContext)
{
    public NodeId Peer { get; } = peer;
    public NodeAddress To { get; } = to;
    public ulong Id { get; } = id;
    public ReadOnlyMemory<byte> OwnContext { get; } = ownContext;
    public int NextFrame { get; set; }

    /// <summary>What the peer covered when it said what it holds; from its first frame.</summary>
    public CausalContext? Theirs { get; set; }
    public RepairFlags Flags { get; set; }

    /// <summary>A row could not be read: the peer's context covers something that is not here.</summary>
    public bool IsDamaged { get; set; }

    /// <summary>Rows that changed something, and rows asked for: without either a session made no progress.</summary>
    public int Changed { get; set; }

    /// <summary>Uids that the peer asked for.</summary>
    public List<Uid> Wanted { get; } = [];

    /// <summary>Rows that the peer sent and that are dead here.</summary>
    public List<Uid> Dead { get; } = [];
}
