using Gossip.Core.Ports;
using Gossip.Core.Primitives;

namespace Gossip.Node.Runtimes;

/// <summary>What the core hears when a command cannot even be tried; null for those that have no answer.</summary>
static class CommandAnswers
{
    /// <summary>There is no such runtime here, or it broke: the pod cannot be here. A pod that no runtime knows is stopped.</summary>
    public static PodReport? WithoutRuntime(this PodCommand command, string message, WallTime now) => command switch
    {
        PreparePod => new PodFailed(command.Pod, "RuntimeError", message),
        StartContainer start => new ContainerExited(start.Pod, start.Start.Container, start.Start.Attempt, 128, "StartError", message, now),
        StopPod => new PodStopped(command.Pod),
        _ => null,
    };

    /// <summary>
    /// Its engine is away. What is not there yet may go elsewhere or be tried again; of what may still run nobody can say that it
    /// ended, so stops are not answered: the core asks again for what is not to survive when the engine returns.
    /// </summary>
    public static PodReport? WhileLost(this PodCommand command, string why, WallTime now) => command switch
    {
        PreparePod => new PodFailed(command.Pod, "RuntimeLost", why),
        StartContainer start => new ContainerNotStarted(start.Pod, start.Start.Container, start.Start.Attempt, "RuntimeLost", why, now),
        _ => null,
    };
}
