using Gossip.Core.Primitives;
using Gossip.Core.Scheduling;
using Gossip.Core.Templates;

namespace Gossip.Core.Tests.Scheduling;

/// <summary>Templates and nodes that tests vary with <c>with</c>.</summary>
static class Some
{
    public static readonly PodTemplate Template = new(
        7, Labels.Empty, Labels.Empty, [new ContainerSpec("web", "web:1", [], [], [], "", [], Resources.Zero, Resources.Zero)],
        Room(cpu: 100, memory: 64), Labels.Empty, [], [], RuntimeNames.Process, "", PodRestartPolicy.Always,
        TimeSpan.FromSeconds(30), null);

    public static readonly NodeFacts Node = new(
        "n1", Labels.Of(("zone", "a")), [], false, [RuntimeNames.Process], Room(4000, 4096, 10), Room(4000, 4096, 10), "", null, 0);

    public static Resources Room(long cpu = 0, long memory = 0, int pods = 1) =>
        new(new MilliCpu(cpu), new Bytes(memory << 20), default, pods, []);

    public static PodRun Run(int ordinal, uint epoch = 1) => new(new PodId(new Uid(1, 1), ordinal, 7), new Epoch(epoch));
}
