using System.Text.Json.Nodes;
using Gossip.Core.Primitives;
using Gossip.Core.Tables;
using Gossip.Kubernetes.Tests.Fakes;

namespace Gossip.Kubernetes.Tests.Api;

/// <summary>How a pod's status is shown, as JSON and in kubectl's words.</summary>
public class PodStatusTests
{
    const string Table = "application/json;as=Table;v=v1;g=meta.k8s.io";
    const string Pods = "/api/v1/namespaces/default/pods";

    /// <summary>init, then a sidecar, then init again, then two main containers.</summary>
    const string Pod = """
        {"metadata":{"name":"p"},"spec":{"runtimeClassName":"process",
         "initContainers":[{"name":"i","command":["x"]},{"name":"s","command":["x"],"restartPolicy":"Always"},{"name":"j","command":["x"]}],
         "containers":[{"name":"a","command":["x"],"resources":{"limits":{"cpu":"1","memory":"1Mi"}}},{"name":"b","command":["x"]}]}}
        """;

    static readonly WallTime Then = new(FakeCluster.Start.UnixMilliseconds + 60_000);

    static ContainerState Waits(string name, string reason, int restarts = 0) =>
        new(name, ContainerStage.Waiting, restarts, default, 0, reason, "");
    static ContainerState Runs(string name, bool ready = true, int restarts = 0) =>
        new(name, ContainerStage.Running, restarts, Then, 0, "", "") { Ready = ready, Started = true };
    static ContainerState Ended(string name, int code = 0, string reason = "") =>
        new(name, ContainerStage.Terminated, 0, Then, code, reason, "") { Ready = code == 0 };

    /// <summary>What kubectl prints of each life.</summary>
    public static TheoryData<string, string, string> Lives => new()
    {
        { "starting", "0/3", "Init:0/3" },
        { "second", "0/3", "Init:1/3" },
        { "third", "1/3", "Init:2/3" },
        { "init fails", "0/3", "Init:Error" },
        { "init crashes", "0/3", "Init:CrashLoopBackOff" },
        { "main waits", "1/3", "PodInitializing" },
        { "image", "1/3", "ImagePullBackOff" },
        { "runs", "3/3", "Running" },
        { "unready", "2/3", "Running" },
        { "crashes", "2/3", "CrashLoopBackOff" },
        { "killed", "2/3", "OOMKilled" },
        { "half done", "2/3", "NotReady" },
        { "done", "0/3", "Completed" },
        { "sidecar crashes", "2/3", "Init:CrashLoopBackOff" },
        { "engine lost", "3/3", "RuntimeLost" },
    };

    static AdmissionStatus Life(string name, AdmissionStatus status)
    {
        ContainerState[] mains = [Waits("a", "PodInitializing"), Waits("b", "PodInitializing")];
        ContainerState[] inits = [Ended("i"), Runs("s"), Ended("j")];
        var (phase, reason, containers) = name switch
        {
            "starting" =>
                (PodPhase.Pending, "",
                [Waits("i", "PodInitializing"), Waits("s", "PodInitializing"), Waits("j", "PodInitializing"), .. mains]),
            "second" => (PodPhase.Pending, "", [Ended("i"), Waits("s", "PodInitializing"), Waits("j", "PodInitializing"), .. mains]),
            "third" => (PodPhase.Pending, "", [Ended("i"), Runs("s"), Runs("j", ready: false), .. mains]),
            "init fails" => (PodPhase.Pending, "", [Ended("i", 1), Waits("s", "PodInitializing"), Waits("j", "PodInitializing"), .. mains]),
            "init crashes" =>
                (PodPhase.Pending, "",
                [Waits("i", "CrashLoopBackOff", 3), Waits("s", "PodInitializing"), Waits("j", "PodInitializing"), .. mains]),
            "main waits" => (PodPhase.Pending, "", [.. inits, .. mains]),
            "image" => (PodPhase.Pending, "", [.. inits, Waits("a", "ImagePullBackOff"), Waits("b", "ContainerCreating")]),
            "runs" => (PodPhase.Running, "", [.. inits, Runs("a"), Runs("b")]),
            "unready" => (PodPhase.Running, "", [.. inits, Runs("a"), Runs("b", ready: false)]),
            "crashes" => (PodPhase.Running, "", [.. inits, Runs("a"), Waits("b", "CrashLoopBackOff", 4)]),
            "killed" => (PodPhase.Running, "", [.. inits, Runs("a"), Ended("b", 137, "OOMKilled")]),
            "half done" => (PodPhase.Running, "", [.. inits, Runs("a"), Ended("b")]),
            "done" => (PodPhase.Succeeded, "", [Ended("i"), Ended("s"), Ended("j"), Ended("a"), Ended("b")]),
            "sidecar crashes" => (PodPhase.Running, "", [Ended("i"), Waits("s", "CrashLoopBackOff", 2), Ended("j"), Runs("a"), Runs("b")]),
            _ => (PodPhase.Running, "RuntimeLost", (ContainerState[])[.. inits, Runs("a"), Runs("b")]),
        };
        return status with { Phase = phase, Ready = name == "runs", Reason = reason, Containers = [.. containers] };
    }

    static async Task<ServedCluster> ServeAsync(Func<AdmissionStatus, AdmissionStatus> tells)
    {
        var served = await ServedCluster.StartAsync(new FakeCluster { Tells = tells }.WithNode("n1", "process"));
        var (_, created) = await served.PostAsync(Pods, Pod);
        Assert.Equal("p", (string?)created["metadata"]?["name"]);
        return served;
    }

    [Theory, MemberData(nameof(Lives))]
    public async Task Ready_and_status_are_in_kubectls_words(string life, string ready, string status)
    {
        await using var served = await ServeAsync(told => Life(life, told));
        var (_, table) = await served.GetAsync($"{Pods}/p", Table);
        var cells = table["rows"]![0]!["cells"]!;
        Assert.Equal((ready, status), ((string)cells[1]!, (string)cells[2]!));
    }

    [Fact]
    public async Task Container_states_and_the_run_before_are_told()
    {
        var before = new ContainerEnd(137, "OOMKilled", FakeCluster.Start);
        ContainerState[] states =
            [Ended("i"), Runs("s"), Ended("j"), Runs("a", restarts: 3) with { Last = before }, Waits("b", "CrashLoopBackOff", 1)];
        await using var served = await ServeAsync(told => told with { Containers = [.. states], Ready = false });
        var (_, pod) = await served.GetAsync($"{Pods}/p");
        Assert.Equal(["i", "s", "j"], pod["status"]!["initContainerStatuses"]!.AsArray().Select(one => (string)one!["name"]!));
        var a = pod["status"]!["containerStatuses"]![0]!;
        Assert.Equal((true, true, 3), ((bool)a["ready"]!, (bool)a["started"]!, (int)a["restartCount"]!));
        Assert.Equal("2026-09-21T14:14:20Z", (string)a["state"]!["running"]!["startedAt"]!);
        Assert.Equal(
            (137, "OOMKilled"), ((int)a["lastState"]!["terminated"]!["exitCode"]!, (string)a["lastState"]!["terminated"]!["reason"]!));
        Assert.Equal("CrashLoopBackOff", (string)pod["status"]!["containerStatuses"]![1]!["state"]!["waiting"]!["reason"]!);
        Assert.Equal("Burstable", (string)pod["status"]!["qosClass"]!);
        var (_, table) = await served.GetAsync($"{Pods}/p", Table);
        Assert.Equal("4 (5m ago)", (string)table["rows"]![0]!["cells"]![3]!);
    }

    static string Condition(JsonNode pod, string type)
    {
        var condition = pod["status"]!["conditions"]!.AsArray().Single(one => (string)one!["type"]! == type)!;
        return $"{condition["status"]} {condition["reason"]} {condition["message"]}".Trim();
    }

    [Theory]
    [InlineData(
        "starting", "False ContainersNotInitialized containers with incomplete status: [i s j]",
        "False ContainersNotReady containers with unready status: [s a b]")]
    [InlineData(
        "third", "False ContainersNotInitialized containers with incomplete status: [j]",
        "False ContainersNotReady containers with unready status: [a b]")]
    [InlineData("unready", "True", "False ContainersNotReady containers with unready status: [b]")]
    [InlineData("sidecar crashes", "True", "False ContainersNotReady containers with unready status: [s]")]
    [InlineData("runs", "True", "True")]
    [InlineData("done", "True PodCompleted", "False PodCompleted")]
    public async Task Conditions_say_what_is_missing(string life, string initialized, string ready)
    {
        await using var served = await ServeAsync(told => Life(life, told));
        var (_, pod) = await served.GetAsync($"{Pods}/p");
        Assert.Equal(
            (initialized, ready, ready), (Condition(pod, "Initialized"), Condition(pod, "Ready"), Condition(pod, "ContainersReady")));
        Assert.Equal("True", Condition(pod, "PodScheduled"));
        Assert.Equal(life == "done" ? "False" : "True", Condition(pod, "PodReadyToStartContainers"));
    }

    [Fact]
    public async Task A_condition_tells_when_it_last_changed()
    {
        await using var served = await ServeAsync(told => Life("runs", told) with { ReadySince = Then });
        var (_, pod) = await served.GetAsync($"{Pods}/p");
        var times = pod["status"]!["conditions"]!.AsArray()
            .ToDictionary(one => (string)one!["type"]!, one => (string)one!["lastTransitionTime"]!);
        Assert.Equal(
            ("2026-09-21T14:14:20Z", "2026-09-21T14:14:20Z", "2026-09-21T14:13:20Z"),
            (times["Ready"], times["Initialized"], times["PodScheduled"]));
    }

    [Fact]
    public async Task A_node_says_which_runtime_is_gone_and_how_it_isolates_processes()
    {
        var cluster = new FakeCluster().WithNode("n1", "docker", lost: "containers").WithNode("n2", "docker", lost: "docker,containers")
            .WithNode(
                "n3", "process", labels: Labels.Of(("gossip.dev/process-isolation", "none")),
                hostFault: "host filter mine failed: no disk");
        await using var served = await ServedCluster.StartAsync(cluster);
        async Task<string> Says(string node, string type)
        {
            var (_, shown) = await served.GetAsync($"/api/v1/nodes/{node}");
            return Condition(shown, type);
        }
        Assert.StartsWith("False RuntimeLost the engine of containers", await Says("n1", "RuntimeReady"), StringComparison.Ordinal);
        Assert.StartsWith("True", await Says("n1", "Ready"), StringComparison.Ordinal);
        Assert.StartsWith("False RuntimeLost", await Says("n2", "Ready"), StringComparison.Ordinal);
        Assert.Equal("False HostRuleFailed host filter mine failed: no disk", await Says("n3", "HostRulesAnswer"));
        Assert.StartsWith("False PlainProcesses", await Says("n3", "ProcessIsolation"), StringComparison.Ordinal);
    }
}
