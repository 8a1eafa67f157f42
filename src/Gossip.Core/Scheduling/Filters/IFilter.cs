using Gossip.Core.Model;

namespace Gossip.Core.Scheduling.Filters;

/// <summary>One hard rule of placement. Pure; allocates only to say no.</summary>
public interface IFilter
{
    string Name { get; }

    FilterVerdict Check(PodTemplate pod, in NodeFacts node);
}

/// <summary>Whether a pod may go to a node, and if not, why, in words for whoever asks <c>why</c>.</summary>
/// <param name="Reason">Null when it may.</param>
public readonly record struct FilterVerdict(string? Reason)
{
    public static readonly FilterVerdict Yes;

    public bool Passes => Reason is null;

    public static FilterVerdict No(string reason) => new(reason);
}
