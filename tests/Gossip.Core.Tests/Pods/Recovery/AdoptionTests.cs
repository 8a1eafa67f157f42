using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Tables;
using Gossip.Core.Templates;
using Gossip.Core.Tests.Scheduling;
using Gossip.Core.Turns;

namespace Gossip.Core.Tests.Pods.Recovery;

public class AdoptionTests
{
    static SurvivingPod Survivor(TestNode desk, uint epoch = 1, int? exitCode = null)
    {
        var run = new PodRun(desk.Pods[0], new Epoch(epoch));
        var launch = new PodLaunch(run, "web-0", "default", "", "n", desk.Slots.Find(desk.Pods[0])!.Template);
        return new SurvivingPod(RuntimeNames.Process, launch, "127.0.0.9", [new SurvivingContainer("web", 2, default, exitCode)]);
    }

    [Fact]
    public void What_still_runs_is_adopted_without_a_command()
    {
        var desk = new TestNode(rank: 3);
        desk.Admit(desk.Self, epoch: 1, ready: true);
        desk.Start(Survivor(desk)).Sync();
        desk.Pass(TimeSpan.FromSeconds(5));
        Assert.Empty(desk.Commands);
        Assert.True(desk.Own.Status.Ready);
        Assert.True(desk.Room.Has(desk.Own.Run));
    }

    /// <summary>The disk forgot the last status, peers did not, and theirs is the later one: found by gossip sim --rotten-disks.</summary>
    [Fact]
    public void A_status_of_an_earlier_life_that_peers_bring_back_is_told_anew()
    {
        var desk = new TestNode(rank: 3);
        var admission = desk.Admit(desk.Self, epoch: 1, ready: true);
        desk.Start().Sync();
        var run = desk.Did<PreparePod>().Pod;
        desk.Report(new PodPrepared(run, "127.0.0.9"));
        desk.Report(new ContainerStarted(run, "web", 0, desk.Now.Wall));
        desk.Pass(TimeSpan.FromSeconds(1));
        Assert.Equal(("127.0.0.9", true), (desk.Own.Status.Ip, desk.Own.Status.Ready));

        desk.Edit(admission, desk.Own.Status with { Ip = "127.0.0.7" });
        Assert.Equal("127.0.0.9", desk.Own.Status.Ip);
        desk.Edit(admission, desk.Own.Status with { Ready = false });
        Assert.True(desk.Own.Status.Ready);
    }

    [Fact]
    public void What_ended_meanwhile_is_started_again_once_the_tables_are_believed()
    {
        var desk = new TestNode(rank: 3);
        desk.Admit(desk.Self, epoch: 1, ready: true);
        desk.Start(Survivor(desk, exitCode: 137));
        Assert.Empty(desk.Commands);
        desk.Sync();
        Assert.Equal(3, desk.Did<StartContainer>().Start.Attempt);
    }

    [Fact]
    public void An_admission_whose_process_died_starts_again_under_itself()
    {
        var desk = new TestNode(rank: 3);
        var admission = desk.Admit(desk.Self, epoch: 1, ready: true);
        desk.Start();
        Assert.Empty(desk.Commands); // not before it has synced
        desk.Sync();
        Assert.Equal(new Epoch(1), desk.Did<PreparePod>().Pod.Epoch);
        Assert.Equal(admission, desk.Own.Uid);
        Assert.False(desk.Own.Status.Ready);
    }

    [Fact]
    public void An_admission_whose_process_died_goes_if_another_stands()
    {
        var desk = new TestNode(rank: 3);
        desk.Admit(desk.Self, epoch: 1, ready: true);
        desk.Admit(desk.Ring[0], epoch: 2, ready: false, at: 9);
        desk.Start().Sync();
        Assert.Equal(desk.Ring[0], Assert.Single(desk.Admissions).Node);
        Assert.Empty(desk.Commands);
    }

    [Fact]
    public void A_pod_that_starts_again_under_its_admission_keeps_its_devices()
    {
        var desk = OfGpus(4);
        desk.Admit(desk.Self, epoch: 1, ready: true, devices: new DeviceGrant(0, 0b100));
        desk.Start().Sync();
        Assert.Equal("gpu:T4:2", desk.Room.DevicesOf(desk.Own.Run));
        Assert.Contains(desk.Commands, command => command is PreparePod);
    }

    [Fact]
    public void An_admission_to_devices_that_the_node_has_no_more_is_withdrawn()
    {
        var desk = OfGpus(2);
        desk.Admit(desk.Self, epoch: 1, ready: true, devices: new DeviceGrant(0, 0b100));
        desk.Start().Sync();
        Assert.Empty(desk.Admissions);
        Assert.Empty(desk.Commands);
    }

    static TestNode OfGpus(int count) => new(rank: 3, devices: Devices.WholeOnes("gpu", "T4", count), template: """
        {"spec":{"runtimeClassName":"process","containers":[{"name":"train","command":["train"],"resources":{"limits":{"gossip.dev/gpu":1}}}]}}
        """);

    [Fact]
    public void A_promise_of_a_forgotten_life_is_withdrawn()
    {
        var desk = new TestNode(rank: 3).Start();
        desk.Admit(desk.Self, epoch: 1, ready: true); // peers remember what the lost disk did not
        desk.Sync();
        Assert.Empty(desk.Admissions);
        Assert.Empty(desk.Commands);
    }

    [Fact]
    public void A_survivor_without_an_admission_gets_one_when_nobody_has_it()
    {
        var desk = new TestNode(rank: 3);
        desk.Start(Survivor(desk)).Sync();
        Assert.Empty(desk.Commands);
        Assert.True(desk.Own.Status.Ready);
    }

    [Fact]
    public void A_survivor_that_was_replaced_ends_once_the_other_is_ready()
    {
        var desk = new TestNode(rank: 3);
        var other = desk.Admit(desk.Ring[0], epoch: 2, ready: false);
        desk.Start(Survivor(desk)).Sync();
        Assert.Empty(desk.Commands);
        desk.Edit(other, AdmissionStatus.Admitted with { Ready = true });
        Assert.Equal(new Epoch(1), desk.Did<StopPod>().Pod.Epoch);
    }

    [Fact]
    public void A_survivor_of_a_pod_that_came_to_its_end_elsewhere_ends()
    {
        var desk = new TestNode(rank: 3);
        desk.Admit(desk.Ring[0], epoch: 2, ready: false, status: now => now with { Phase = PodPhase.Failed });
        desk.Start(Survivor(desk)).Sync();
        Assert.Equal(new Epoch(1), desk.Did<StopPod>().Pod.Epoch);
    }

    [Fact]
    public void A_survivor_of_a_singleton_is_admitted_again_though_another_waits_for_the_lease_that_it_holds()
    {
        var desk = new TestNode(rank: 3, template: """
            {"metadata":{"annotations":{"gossip.dev/singleton":"true"}},"spec":{"runtimeClassName":"process","containers":[{"name":"web","command":["web"]}]}}
            """);
        desk.Admit(desk.Ring[0], epoch: 2, ready: false);
        desk.Start(Survivor(desk)).Sync();
        Assert.Contains(desk.Admissions, admission => admission.Node == desk.Self && admission.Status.Ready);
        Assert.DoesNotContain(desk.Commands, command => command is StopPod);
    }

    [Fact]
    public void A_survivor_that_is_admitted_again_says_which_devices_it_has()
    {
        var desk = OfGpus(2);
        desk.Start(Survivor(desk)).Sync();
        Assert.NotNull(desk.Own.Devices);
    }

    [Fact]
    public void The_admission_of_a_survivor_that_is_stopped_while_it_is_written_goes_with_the_pod()
    {
        var desk = new TestNode(rank: 3);
        desk.Start(Survivor(desk));
        desk.Turn(() =>
        {
            desk.Keeper.OnSynced(new Turn(desk.Now, desk));
            desk.Keeper.OnLeave(new Turn(desk.Now, desk));
        });
        var stopped = desk.Did<StopPod>().Pod;
        Assert.False(desk.Own.Status.Ready);
        desk.Report(new PodStopped(stopped));
        Assert.Empty(desk.Admissions);
    }

    [Fact]
    public void A_survivor_that_was_replaced_ends_also_once_it_only_waits_for_what_it_depends_on()
    {
        var desk = new TestNode(rank: 3, template: """
            {"metadata":{"annotations":{"gossip.dev/depends-on":"svc/db","gossip.dev/on-dependency-loss":"restart"}},"spec":{"runtimeClassName":"process","containers":[{"name":"web","command":["web"]}]}}
            """);
        desk.Admit(desk.Ring[0], epoch: 2, ready: false);
        desk.Start(Survivor(desk)).Sync();
        desk.Pass(TimeSpan.FromSeconds(2));
        var stop = desk.Did<StopContainer>();
        desk.Report(new ContainerExited(stop.Pod, "web", stop.Attempt, 0, "", "", desk.Now.Wall));
        Assert.Equal(new Epoch(1), desk.Did<StopPod>().Pod.Epoch);
    }

    [Fact]
    public void A_survivor_of_a_deleted_workload_ends()
    {
        var desk = new TestNode(rank: 3);
        var survivor = Survivor(desk);
        desk.Tables.Remove(desk.Workload, new Turn(desk.Now, desk));
        desk.Start(survivor);
        Assert.Empty(desk.Commands);
        desk.Sync();
        Assert.Equal(desk.Pods[0], desk.Did<StopPod>().Pod.Pod);
    }

    [Fact]
    public void A_survivor_whose_workload_is_not_here_yet_runs_on()
    {
        var desk = new TestNode(rank: 3);
        var survivor = Survivor(desk);
        var unheard = new PodRun(new PodId(new Uid(9, 9), 0, 7), Epoch.First);
        var stranger = survivor with { Launch = survivor.Launch with { Pod = unheard } };
        desk.Start(stranger).Sync();
        desk.Pass(TimeSpan.FromMinutes(1));
        Assert.Empty(desk.Commands);
        Assert.True(desk.Room.Has(unheard));
    }
}
