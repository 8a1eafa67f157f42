using System.Collections.Frozen;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;

namespace Gossip.Core.Turns;

/// <summary>
/// The parts of a node in their order, and who of them takes what. Looking a message or a timer up is an index into an array; a
/// kind that two parts declare, or that nobody does, is found when the node is made.
/// </summary>
sealed class NodeParts
{
    readonly INodePart[] parts;
    readonly INodePart?[] messages = new INodePart?[256];
    readonly INodePart?[] timers = new INodePart?[256];
    readonly FrozenDictionary<Type, INodePart> questions;

    public NodeParts(params INodePart[] parts)
    {
        this.parts = parts;
        var asked = new Dictionary<Type, INodePart>();
        foreach (var part in parts)
        {
            foreach (var kind in part.Messages) Claim(messages, (byte)kind, part);
            foreach (var kind in part.Timers) Claim(timers, (byte)kind, part);
            foreach (var kind in part.Questions) asked.Add(kind, part);
        }
        questions = asked.ToFrozenDictionary();
    }

    /// <summary>Those that are a <typeparamref name="T"/> as well, in their order.</summary>
    public T[] That<T>() => [.. parts.OfType<T>()];

    public void Start(Turn turn)
    {
        foreach (var part in parts) part.Start(turn);
    }

    /// <summary>
    /// Hands a message to the part that reads its kind, then has the parts perform what that part queued for them. A message that
    /// nobody reads is of a newer node, and is skipped.
    /// </summary>
    /// <param name="only">When set, a message of any other part is skipped.</param>
    public void Deliver(in Message message, Turn turn, INodePart? only = null)
    {
        if (messages[(byte)message.Kind] is not { } reader || only is not null && reader != only) return;
        reader.OnMessage(message, turn);
        foreach (var part in parts) part.OnCommands(turn);
        foreach (var part in parts) part.OnPerformed(turn);
    }

    public void Fire(NodeTimer timer, Turn turn) => timers[(byte)timer.Kind]?.OnTimer(timer, turn);

    public void Ask(RequestId id, Request question, Turn turn) => questions[question.GetType()].OnQuestion(id, question, turn);

    public void Settle(Turn turn)
    {
        foreach (var part in parts) part.OnSettled(turn);
    }

    public void Synced(Turn turn)
    {
        foreach (var part in parts) part.OnSynced(turn);
    }

    public void Sent(Turn turn)
    {
        foreach (var part in parts) part.OnSent(turn);
    }

    public void Stop(Turn turn)
    {
        foreach (var part in parts) part.OnStop(turn);
    }

    public void Leave(Turn turn)
    {
        foreach (var part in parts) part.OnLeave(turn);
    }

    static void Claim(INodePart?[] table, byte kind, INodePart part)
    {
        Check.That(table[kind] is null);
        table[kind] = part;
    }
}
