namespace Gossip.Core.Primitives;

/// <summary>How much a note matters.</summary>
public enum NoteLevel : byte
{
    /// <summary>For who looks for a fault.</summary>
    Debug,
    /// <summary>Worth knowing, and as it should be.</summary>
    Information,
    /// <summary>Somebody should look at it.</summary>
    Warning,
}

/// <summary>A line for the log. Not for decisions.</summary>
/// <param name="Event">What happened, as one word in PascalCase.</param>
/// <param name="Subject">To whom: a pod, a node, a file.</param>
/// <param name="Detail">A sentence for people.</param>
public readonly record struct NodeNote(NoteLevel Level, string Event, string Subject, string Detail);
