namespace Gossip.Node;

/// <summary>What follows when a workload's code ends by itself. The loss of its host is followed by another run in any case.</summary>
public enum RestartPolicy : byte
{
    /// <summary>Starts again, whether it returned or threw, with a growing pause.</summary>
    Always,

    /// <summary>Starts again when it threw. When it returned, the copy is done until the code's declaration changes.</summary>
    OnFailure,

    /// <summary>
    /// Never starts again: the copy is done, well or not, until the code's declaration changes. One that threw is shown as completed,
    /// with the exception as its message.
    /// </summary>
    Once,
}
