using Gossip.Core.Primitives;
using Gossip.Core.Turns;

namespace Gossip.Core.Membership;

/// <summary>
/// A refused port says that no process listens there, which is known in a second where silence takes many. One
/// refusal may be an old one's echo, so a stream asks again; the second may be a wall's before a healthy process, so
/// others are asked to ask. Who has not answered after two gossip ticks, by any way, is dead.
/// </summary>
/// <remarks>Timers: RefusalEnds.</remarks>
sealed class Refusals(NodeConfig config, Beliefs beliefs, ProbeCycle probe)
{
    /// <param name="Number">Of the wait for relays, or 0 while only a stream was asked.</param>
    readonly record struct Refusal(Incarnation Of, ulong Number);

    readonly Dictionary<NodeId, Refusal> open = [];
    ulong last;

    public void OnRefused(Member member, Turn turn)
    {
        if (!open.TryGetValue(member.Id, out var refusal) || refusal.Of != member.Incarnation)
        {
            open[member.Id] = new Refusal(member.Incarnation, 0);
            probe.AskByStream(member, turn);
        }
        else if (refusal.Number == 0)
        {
            open[member.Id] = refusal with { Number = ++last };
            probe.AskRelays(member, turn);
            turn.Wake(new NodeTimer(NodeTimerKind.RefusalEnds, member.Id.Value, last), config.Timings.GossipInterval * 2);
        }
    }

    public void OnAnswer(NodeId node) => open.Remove(node);

    public void OnEnds(NodeTimer due, Turn turn)
    {
        var node = new NodeId(due.Subject);
        if (!open.TryGetValue(node, out var refusal) || refusal.Number != due.Epoch) return; // it answered
        open.Remove(node);
        if (beliefs.Table.Find(node) is { IsLive: true } member && member.Incarnation == refusal.Of)
            beliefs.Judge(member, MemberState.Dead, turn);
    }
}
