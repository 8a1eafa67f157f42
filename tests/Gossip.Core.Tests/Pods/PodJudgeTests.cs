using Gossip.Core.Membership;
using Gossip.Core.Primitives;
using Gossip.Core.Tables;
using Gossip.Core.Tests.Scheduling;
using Gossip.Core.Tests.Tables;

namespace Gossip.Core.Tests.Pods;

/// <summary>Which of two copies of a pod goes: the later one, and only when the first serves, or when the later does nothing at all.</summary>
public class PodJudgeTests
{
    static readonly AdmissionStatus Ready = AdmissionStatus.Admitted with { Ready = true, Phase = PodPhase.Running };
    static readonly AdmissionStatus Starting = Waiting("ContainerCreating");
    static readonly AdmissionStatus Depending = Waiting(PodReasons.WaitingForDependencies);

    public static TheoryData<string, bool> Cases => new()
    {
        { "first ready, second ready", true },
        { "first starting, second ready", false },
        { "first starting, second starting", false },
        { "first depending, second starting", false },
        { "first depending, second depending", true },
        { "first ready, second depending", true },
    };

    [Theory, MemberData(nameof(Cases))]
    public void The_later_copy_goes_when_the_first_serves_or_when_it_does_nothing_itself(string copies, bool goes)
    {
        var states = copies.Split(", ").Select(copy => StatusOf(copy.Split(' ')[1])).ToArray();
        var (first, second) = (Copy("n1", 1, states[0]), Copy("n2", 2, states[1]));
        var members = new TestMembers();
        foreach (var name in (string[])["n1", "n2"]) members.Set(name, MemberState.Alive, default);
        var slot = new Slot
        {
            Id = Some.Run(0).Pod, Workload = new ObjectName("Deployment", "default", "web"), Template = Some.Template,
            IsDesired = true, LeastEpoch = Epoch.First, Admissions = [first, second],
        };

        Assert.Equal(goes, PodJudge.DrainsAt(slot, second, members, default) is not null);
        Assert.Null(PodJudge.DrainsAt(slot, first, members, default)); // the first never does
    }

    static AdmissionStatus StatusOf(string word) => word switch { "ready" => Ready, "starting" => Starting, _ => Depending };

    static AdmissionStatus Waiting(string reason) => AdmissionStatus.Admitted with
    {
        Containers = [new ContainerState("web", ContainerStage.Waiting, 0, default, 0, reason, "")],
    };

    static Admission Copy(string node, uint epoch, AdmissionStatus status) =>
        new(new Uid(epoch, 1), new AdmissionBirth(NodeId.Of(node), Some.Run(0, epoch), new Stamp(epoch), ""), status);
}
