namespace Gossip.Node.Sealing;

/// <summary>Which of the authentic texts of a session may be taken.</summary>
interface IReplayOrder
{
    /// <summary>True once for each (session, counter) at most.</summary>
    bool Accept(ulong session, ulong counter);
}

/// <summary>Of a stream: one session, every counter in turn. A gap or a repeat means that somebody edits the stream.</summary>
sealed class InTurn : IReplayOrder
{
    ulong? only;
    ulong next;

    public bool Accept(ulong session, ulong counter)
    {
        only ??= session;
        if (session != only || counter != next) return false;
        next++;
        return true;
    }
}
