using System.Collections.Immutable;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;

namespace Gossip.Core.Pods.Access;

/// <summary>One run of a pod, and who runs it: all that its node needs to find it.</summary>
/// <param name="Runtime">The runtime class that the manifest asked for.</param>
readonly record struct PodPlace(PodRun Pod, string Runtime);

/// <summary>What one node asks another about a pod that the other runs; each is a method of <see cref="IPodRuntime"/>.</summary>
abstract record PodQuestion;

sealed record LogsQuestion(PodPlace At, string Container, LogQuery Query) : PodQuestion;

/// <param name="HasInput">Somebody types.</param>
/// <param name="Terminal">On a terminal, whose sizes follow.</param>
sealed record ExecQuestion(PodPlace At, string Container, ImmutableArray<string> Command, bool HasInput, bool Terminal) : PodQuestion;

sealed record AttachQuestion(PodPlace At, string Container, bool HasInput, bool Terminal) : PodQuestion;

sealed record CopyQuestion(PodPlace At, string Container, string Path) : PodQuestion;

/// <summary>Of many pods at once, for tables. Answered by <see cref="UsageAnswer"/>.</summary>
sealed record UsageQuestion(ImmutableArray<PodPlace> At) : PodQuestion
{
    /// <summary>More than any node runs by default (110), and their answer takes one frame or a few.</summary>
    public const int MostPods = 256;
}
