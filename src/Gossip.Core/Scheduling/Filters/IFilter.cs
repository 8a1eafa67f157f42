using Gossip.Core.Templates;

namespace Gossip.Core.Scheduling.Filters;

/// <summary>One hard rule of placement. The built-in ones are pure and allocate only to say no; a host app's own runs at the edge.</summary>
public interface IFilter
{
    /// <summary>The name that `why` shows.</summary>
    string Name { get; }

    /// <summary>Whether the pod may run on the node. Called for each candidate: it must not block.</summary>
    FilterVerdict Check(PodTemplate pod, in NodeFacts node);

    /// <summary>The same without the words, and so without allocating.</summary>
    bool Passes(PodTemplate pod, in NodeFacts node) => Check(pod, node).Passes;
}

/// <summary>Whether a pod may go to a node, and if not, why, in words for whoever asks <c>why</c>.</summary>
/// <param name="Reason">Of this one node; null when it may.</param>
/// <param name="Cause">The same of many nodes, so that alike ones can be counted: <c>lack cpu</c>, <c>are cordoned</c>.</param>
/// <param name="Near">By how much the node misses, where nodes differ in that: <c>lacks 0.5 cpu</c>.</param>
/// <param name="Miss">The same as a number that puts the nodes of one cause in order, the nearest first.</param>
public readonly record struct FilterVerdict(string? Reason, string? Cause = null, string? Near = null, long Miss = 0)
{
    /// <summary>The pod may run there.</summary>
    public static readonly FilterVerdict Yes;

    /// <summary>Whether the pod may run there.</summary>
    public bool Passes => Reason is null;

    /// <summary>The pod may not run there, for a reason that `why` shows and counts.</summary>
    public static FilterVerdict No(string reason) => new(reason, reason);

    /// <summary>
    /// The pod may not run there; <paramref name="cause"/> is what alike reasons are counted by, <paramref name="near"/> and <paramref
    /// name="miss"/> tell how little was missing.
    /// </summary>
    public static FilterVerdict No(string reason, string cause, string? near = null, long miss = 0) => new(reason, cause, near, miss);
}
