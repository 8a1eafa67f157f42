using System.Text;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;

namespace Gossip.Tests.Runtimes;

/// <summary>Volumes: what one container writes the next one reads, and files change under the feet of those who run.</summary>
public abstract class PodVolumesContract : PodProcessContract
{
    protected static PodLaunch With(PodLaunch launch, params Volume[] volumes) =>
        launch with { Template = launch.Template with { Volumes = [.. volumes] } };

    static VolumeFiles Files(string volume, params (string Path, string Content)[] files) =>
        new(volume, [.. files.Select(file => new VolumeFile(file.Path, Encoding.UTF8.GetBytes(file.Content), 0b110_100_100))]);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Containers_of_a_pod_share_an_empty_volume(bool inMemory)
    {
        var launch = With(
            Launch(
                Shell("writer", $"echo hello > {At("/data")}/file") with { Mounts = [new("shared", "/data", "", false)] },
                Shell("reader", $"until [ -s {At("/var/in")}/file ]; do sleep 0.05; done; cat {At("/var/in")}/file") with { Mounts = [new("shared", "/var/in", "", true)] }),
            new EmptyDirVolume("shared", inMemory, null));
        await PrepareAsync(launch);
        await StartAsync(launch);
        await Reports.Await<ContainerExited>(report => report.Container == "reader");

        Assert.Equal("hello\n", await LogAsync(launch.Pod, "reader"));
    }

    [Fact]
    public async Task Files_of_the_cluster_are_there_and_change_all_at_once()
    {
        var launch = With(
            Launch(Shell("main", $"cd {At("/etc/app")}; cat one deep/two; until grep -q new one; do sleep 0.05; done; cat one; ls; echo end") with { Mounts = [new("config", "/etc/app", "", true)] }),
            new FilesVolume("config", 0b110_100_100, InMemory: true, []));
        await PrepareAsync(launch, Files("config", ("one", "1\n"), ("deep/two", "2\n")));
        await StartAsync(launch);
        await UntilSaidAsync(launch.Pod, "main", "2\n");
        await Runtime.UpdateFilesAsync(launch.Pod, [Files("config", ("one", "new\n"), ("three", "3\n"))], default);

        Assert.Equal("1\n2\nnew\none\nthree\nend\n", await UntilSaidAsync(launch.Pod, "main", "end\n"));
    }

    [Fact]
    public async Task A_part_of_a_volume_and_a_path_of_the_host_can_be_mounted()
    {
        var host = Directory.CreateTempSubdirectory("gossip-host-");
        try
        {
            File.WriteAllText(Path.Combine(host.FullName, "given"), "from the host\n");
            var launch = With(
                Launch(Shell("main", $"cat {At("/host")}/given; echo back > {At("/host")}/taken; echo x > {At("/part")}/file; cat {At("/whole")}/sub/file") with
                {
                    Mounts = [new("host", "/host", "", false), new("empty", "/part", "sub", false), new("empty", "/whole", "", false)],
                }),
                new HostPathVolume("host", host.FullName, "Directory"), new EmptyDirVolume("empty", false, null));
            await PrepareAsync(launch);
            await StartAsync(launch);
            await Reports.Await<ContainerExited>();

            Assert.Equal("from the host\nx\n", await LogAsync(launch.Pod, "main"));
            Assert.Equal("back\n", File.ReadAllText(Path.Combine(host.FullName, "taken")));
        }
        finally
        {
            host.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_host_path_of_the_wrong_kind_makes_the_pod_fail()
    {
        var launch = With(Launch(Container("main", Behaviour.Succeeds)), new HostPathVolume("host", "/etc/passwd", "Directory"));
        await Runtime.PrepareAsync(launch, [], default);

        var failed = await Reports.Await<PodFailed>();
        Assert.Contains("/etc/passwd", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_pod_has_in_a_volume_is_measured()
    {
        var launch = With(
            Launch(Shell("main", $"head -c 3000000 /dev/zero > {At("/data")}/file; exec sleep 1000") with { Mounts = [new("small", "/data", "", false)] }),
            new EmptyDirVolume("small", false, new Bytes(1_000_000)));
        await PrepareAsync(launch);
        await StartAsync(launch);

        PodUse? pod;
        do
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
            var use = (await Runtime.MeasureAsync(countsProcesses: true, TestContext.Current.CancellationToken))!;
            Assert.True(use.Disk.Size.Value >= use.Disk.Free.Value && use.Disk.Free.Value > 0, use.Disk.ToString());
            pod = Assert.Single(use.Pods);
            Assert.Equal(launch.Pod, pod.Pod);
        }
        while (pod.Volumes is not [{ Volume: "small", Used.Value: 3_000_000 }] || pod.Processes == 0);
        Assert.InRange(pod.Disk.Value, 3_000_000, 4_000_000);
    }
}
