using Gossip.Core.Membership;
using Gossip.Core.Templates;

namespace Gossip.Core.Pods;

/// <summary>Whether and when an ended container starts again: at once the first time, then ever later, as the kubelet does it.</summary>
static class RestartBackoff
{
    /// <summary>A sidecar always starts again, and an init container never once it has succeeded.</summary>
    public static PodRestartPolicy PolicyOf(ContainerRole role, PodRestartPolicy ofPod) => role switch
    {
        ContainerRole.Sidecar => PodRestartPolicy.Always,
        ContainerRole.Init when ofPod == PodRestartPolicy.Always => PodRestartPolicy.OnFailure,
        _ => ofPod,
    };

    public static bool Restarts(PodRestartPolicy policy, int exitCode) => policy switch
    {
        PodRestartPolicy.Always => true,
        PodRestartPolicy.OnFailure => exitCode != 0,
        _ => false,
    };

    /// <summary>Nothing for the first crash, the least for the second, doubled with each, up to the most.</summary>
    public static TimeSpan Of(int crashes, NodeTimings timings)
    {
        if (crashes <= 1) return TimeSpan.Zero;
        var wait = timings.RestartBackoffLeast * (1L << Math.Min(crashes - 2, 20));
        return wait < timings.RestartBackoffMost ? wait : timings.RestartBackoffMost;
    }
}
