using Gossip.Core.Primitives;
using Gossip.Core.Turns;
using Gossip.Core.Wire;

namespace Gossip.Core.Membership;

/// <summary>
/// One question to other nodes, by datagrams that may get lost: it is asked, asked again after each wait, and given up after so many
/// tries. Whoever asks decides what ends it.
/// </summary>
/// <param name="wait">From one try to the next.</param>
/// <param name="triesMost">After so many it is given up; without a number never.</param>
sealed class Inquiry(IMemberList members, Outbox outbox, TimeSpan wait, int triesMost = int.MaxValue)
{
    int tries;

    /// <summary>From when it is to be asked again. Default before the first try: at once.</summary>
    public Instant NextTry { get; private set; }

    /// <summary>All tries were had; once the wait after the last one is over, there will be no answer.</summary>
    public bool IsGivenUp => tries >= triesMost;

    /// <summary>Asks once more. A node that is not in the member list is left out.</summary>
    public void Ask<TMessage>(ReadOnlySpan<NodeId> nodes, in TMessage message, Turn turn) where TMessage : IWireMessage<TMessage>
    {
        tries++;
        PutOff(turn.Monotonic + wait);
        Tell(nodes, message, turn);
    }

    /// <summary>Says something that is no try and waits for no answer.</summary>
    public void Tell<TMessage>(ReadOnlySpan<NodeId> nodes, in TMessage message, Turn turn) where TMessage : IWireMessage<TMessage>
    {
        foreach (var node in nodes)
            if (members.Find(node) is { } member) outbox.Send(member.Address, message, turn);
    }

    /// <summary>The next try comes no earlier than that.</summary>
    public void PutOff(Instant until)
    {
        if (NextTry < until) NextTry = until;
    }

    /// <summary>Has the asker woken when the wait after this try is over, with a timer that the next try makes stale.</summary>
    public void Wake(NodeTimerKind kind, ulong number, Turn turn) => turn.Wake(new NodeTimer(kind, number, (ulong)tries), wait);

    /// <summary>The timer was set after the last try.</summary>
    public bool IsWokenBy(NodeTimer timer) => timer.Epoch == (ulong)tries;
}
