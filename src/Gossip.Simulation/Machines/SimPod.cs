using Gossip.Core.Ports;
using Gossip.Core.Primitives;

namespace Gossip.Simulation.Machines;

/// <summary>What the runtime holds of one pod.</summary>
internal sealed class SimPod(PodLaunch launch, string runtime, string ip)
{
    public PodLaunch Launch => launch;
    public string Runtime => runtime;
    public string Ip => ip;
    public bool Stopping { get; set; }

    /// <summary>By the machine's monotonic clock; null for one that needs no lease.</summary>
    public Instant? LeasedUntil { get; set; }

    /// <summary>Anything of it runs, on its way out or not.</summary>
    public bool IsAnythingUp => Containers.Exists(container => container.ExitCode is null);

    /// <summary>The last attempt of each, in the order in which they were first started.</summary>
    public List<SurvivingContainer> Containers { get; } = [];

    /// <summary>Every main container of it runs.</summary>
    public bool Runs => !Stopping && launch.Template.Containers.All(spec => Find(spec.Name) is { ExitCode: null });

    /// <summary>It was started, and nothing of it runs.</summary>
    public bool HasEnded => Containers.Count > 0 && Containers.TrueForAll(container => container.ExitCode is not null);

    public SurvivingContainer? Find(string name) => Containers.Find(container => string.Equals(container.Name, name, StringComparison.Ordinal));

    public void Put(SurvivingContainer container)
    {
        var at = Containers.FindIndex(known => string.Equals(known.Name, container.Name, StringComparison.Ordinal));
        if (at < 0) Containers.Add(container);
        else Containers[at] = container;
    }
}

/// <summary>How pods behave on one machine.</summary>
/// <param name="Exits">Probability that a started container exits within five seconds.</param>
/// <param name="StartFails">Probability that a container cannot be started.</param>
/// <param name="ActionFails">Probability that a probe or hook fails.</param>
internal sealed record RuntimeFaults(
    TimeSpan StartDelay, TimeSpan StopDelay, double PrepareFails, double Exits, double StartFails = 0, double ActionFails = 0)
{
    public static readonly RuntimeFaults None = new(TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(20), 0, 0);
}

/// <summary>What becomes of the pods of an engine that is gone for a while.</summary>
internal enum EngineFate { PodsLiveOn, ContainersDie, PodsVanish }
