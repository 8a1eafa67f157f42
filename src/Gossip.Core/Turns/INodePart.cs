using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Wire;

namespace Gossip.Core.Turns;

/// <summary>
/// A part of a node: what it reads of the world, and what it does at each step of a turn. It declares its messages, timers and
/// questions, each of which belongs to one part, so that <see cref="NodeParts"/> finds it by table. A part implements only the steps
/// that it has something to do in. It may read the parts before it in the list; what it wants of a later one is a command, which
/// the later one takes when its step comes. Observers of members, rows and slots say so by an interface of their own
/// (IMemberObserver, IRowObserver, ISlotObserver).
/// </summary>
interface INodePart
{
    /// <summary>The messages that come to it.</summary>
    ReadOnlySpan<MessageKind> Messages => [];

    /// <summary>The timers that it sets.</summary>
    ReadOnlySpan<NodeTimerKind> Timers => [];

    /// <summary>The kinds of <see cref="Request"/> that it answers.</summary>
    ReadOnlySpan<Type> Questions => [];

    /// <summary>The first turn of the node's life.</summary>
    void Start(Turn turn) { }

    /// <summary>A message of a declared kind came in. Throws as <see cref="IWireMessage{T}"/> says when it is malformed.</summary>
    void OnMessage(in Message message, Turn turn) => throw new InvariantBroken($"{GetType().Name} reads no {message.Kind}");

    /// <summary>A timer of a declared kind is due. It may be stale: the part compares what it was set for.</summary>
    void OnTimer(NodeTimer timer, Turn turn) => throw new InvariantBroken($"{GetType().Name} sets no {timer.Kind}");

    /// <summary>A user asks a question of a declared kind. The answer is due exactly once, now or later.</summary>
    void OnQuestion(RequestId id, Request question, Turn turn) => throw new InvariantBroken($"{GetType().Name} answers no {question.GetType().Name}");

    /// <summary>
    /// A message was handled, and nothing else happened since. A part performs here what an earlier part queued for it and cannot
    /// leave open until the turn settles.
    /// </summary>
    void OnCommands(Turn turn) { }

    /// <summary>A later part has performed what this one queued: it goes on from there, before any other message is handled.</summary>
    void OnPerformed(Turn turn) { }

    /// <summary>Every change of this turn has reached its observers.</summary>
    void OnSettled(Turn turn) { }

    /// <summary>From now on the tables are believed: a session with a peer is over, or there are no peers. Once in a node's life.</summary>
    void OnSynced(Turn turn) { }

    /// <summary>What the turn had to say was sent.</summary>
    void OnSent(Turn turn) { }

    /// <summary>The process is about to end: see <see cref="NodeInput.StopRequested"/>.</summary>
    void OnStop(Turn turn) { }

    /// <summary>The node leaves the cluster, gracefully.</summary>
    void OnLeave(Turn turn) { }
}

/// <summary>A message that came in, opened and with its sender known.</summary>
/// <param name="Body">Without the message's header. Valid during the call only.</param>
/// <param name="From">Where it came from, for the answer.</param>
readonly record struct Message(MessageKind Kind, ReadOnlyMemory<byte> Body, NodeId Sender, NodeAddress From);
