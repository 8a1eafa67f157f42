using System.Text;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Tables;
using Gossip.Core.Tests.Scheduling;
using Gossip.Core.Turns;

namespace Gossip.Core.Tests.Pods;

/// <summary>What a pod is made of comes late, changes and goes, while a keeper looks after it.</summary>
public class ConfigurationTests
{
    const string Template = """
        {"metadata":{"labels":{"app":"web"}},"spec":{"runtimeClassName":"process","containers":[{"name":"web","command":["serve"],
          "env":[{"name":"MODE","valueFrom":{"configMapKeyRef":{"name":"shop","key":"mode"}}}]}],
         "volumes":[{"name":"files","projected":{"sources":[{"secret":{"name":"db"}},{"configMap":{"name":"extra","optional":true}}]}}]}}
        """;

    static TestNode Admitted()
    {
        var desk = new TestNode(rank: 3, template: Template).Start().Sync();
        var run = desk.Run;
        desk.Hear(desk.Others[0], new Core.Scheduling.Ask(1, run));
        desk.Hear(desk.Others[0], new Core.Scheduling.Award(1, run, default));
        return desk;
    }

    static Uid Make(TestNode desk, string kind, string name, params (string Key, string Text)[] data)
    {
        var birth = new ObjectBirth(new ObjectName(kind, "default", name), "v1").ToBytes();
        var uid = desk.Tables.Create(RowKind.Object, [(Fields.Birth, birth), .. Cells(kind, data)], new Turn(desk.Now, desk));
        desk.Pass(0);
        desk.Sync();
        return uid;
    }

    static void Change(TestNode desk, Uid uid, string kind, params (string Key, string Text)[] data)
    {
        desk.Tables.Edit(uid, Cells(kind, data), new Turn(desk.Now, desk));
        desk.Sync();
    }

    static (string, ReadOnlyMemory<byte>)[] Cells(string kind, (string Key, string Text)[] data) =>
        [.. data.Select(one => ($"data.{one.Key}", (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(
            $"\"{(kind == "Secret" ? Convert.ToBase64String(Encoding.UTF8.GetBytes(one.Text)) : one.Text)}\"")))];

    static string Files(IEnumerable<VolumeFiles> volumes) =>
        string.Join(' ', volumes.SelectMany(volume => volume.Files).Select(file => $"{file.Path}={Encoding.UTF8.GetString(file.Content.Span)}"));

    [Fact]
    public void A_pod_is_told_which_devices_it_has()
    {
        var desk = new TestNode(rank: 3, devices: Devices.WholeOnes("fpga", "U50", 1).With(Devices.WholeOnes("gpu", "T4", 2)), template: """
            {"spec":{"runtimeClassName":"process","containers":[{"name":"train","command":["train"],"resources":{"limits":{"gossip.dev/gpu":2}}}]}}
            """).Start().Sync();
        var run = desk.Run;
        desk.Hear(desk.Others[0], new Core.Scheduling.Ask(1, run));
        desk.Hear(desk.Others[0], new Core.Scheduling.Award(1, run, default));
        desk.Pass(500);
        desk.Report(new PodPrepared(run, "127.0.0.9"));
        desk.Pass(500);
        var told = desk.Did<StartContainer>().Start.Environment;
        Assert.Contains(KeyValuePair.Create("GOSSIP_DEVICES", "gpu:T4:0,gpu:T4:1"), told);
        Assert.Contains(KeyValuePair.Create("GOSSIP_DEVICE_MILLI", "1000"), told);
    }

    [Fact]
    public void A_pod_waits_for_a_secret_that_is_missing_says_so_and_goes_on_when_it_appears()
    {
        var desk = Admitted();
        desk.Pass(500);
        Assert.Empty(desk.Commands);
        Assert.Equal("FailedMount", desk.Own.Status.Reason);
        Assert.Contains("secret \"db\" not found", desk.Own.Status.Message);
        Make(desk, "Secret", "db", ("password", "hunter2"));
        Assert.Equal("password=hunter2", Files(desk.Did<PreparePod>().Files));
        desk.Report(new PodPrepared(desk.Own.Run, "127.0.0.9"));
        desk.Pass(500);
        Assert.Equal("", desk.Own.Status.Reason);
    }

    [Fact]
    public void A_container_waits_for_a_key_that_is_missing_and_goes_on_when_it_appears()
    {
        var desk = Admitted();
        Make(desk, "Secret", "db");
        var map = Make(desk, "ConfigMap", "shop");
        desk.Commands.Clear();
        desk.Report(new PodPrepared(desk.Own.Run, "127.0.0.9"));
        desk.Pass(500);
        Assert.DoesNotContain(desk.Commands, command => command is StartContainer);
        Assert.Equal("CreateContainerConfigError", desk.Own.Status.Containers[0].Reason);
        Assert.Equal("couldn't find key mode in ConfigMap default/shop", desk.Own.Status.Containers[0].Message);
        Change(desk, map, "ConfigMap", ("mode", "fast"));
        Assert.Contains(KeyValuePair.Create("MODE", "fast"), desk.Did<StartContainer>().Start.Environment);
    }

    [Fact]
    public void Files_of_a_running_pod_follow_what_changes_and_stay_when_it_goes()
    {
        var desk = Admitted();
        var secret = Make(desk, "Secret", "db", ("password", "one"));
        Make(desk, "ConfigMap", "shop", ("mode", "fast"));
        desk.Report(new PodPrepared(desk.Own.Run, "127.0.0.9"));
        desk.Report(new ContainerStarted(desk.Own.Run, "web", 0, desk.Now.Wall));
        desk.Commands.Clear();
        Change(desk, secret, "Secret", ("password", "two"));
        Assert.Equal("password=two", Files(desk.Did<UpdateFiles>().Files));
        Change(desk, secret, "Secret", ("password", "two"));
        Assert.Empty(desk.Commands); // nothing new
        Make(desk, "ConfigMap", "extra", ("more", "x"));
        Assert.Equal("more=x password=two", Files(desk.Did<UpdateFiles>().Files));
        desk.Tables.Remove(secret, new Turn(desk.Now, desk));
        desk.Sync();
        Assert.Empty(desk.Commands); // as in Kubernetes: what runs keeps what it has
        Assert.True(desk.Own.Status.Ready);
    }

    [Fact]
    public void Objects_of_other_namespaces_are_others()
    {
        var desk = Admitted();
        var birth = new ObjectBirth(new ObjectName("Secret", "elsewhere", "db"), "v1").ToBytes();
        desk.Tables.Create(RowKind.Object, [(Fields.Birth, birth)], new Turn(desk.Now, desk));
        desk.Sync();
        Assert.Empty(desk.Commands);
    }
}
