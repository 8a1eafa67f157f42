using System.Text;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;
using Gossip.Runtimes.Pods;

namespace Gossip.Runtimes.Tests.Pods;

public sealed class DiskMeterTests : IDisposable
{
    readonly string root = Directory.CreateTempSubdirectory("gossip-meter").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void A_pod_uses_its_volumes_and_its_containers_files_but_no_memory_and_nothing_behind_a_link()
    {
        var folder = new PodFolder(root);
        Put(Path.Combine(folder.VolumePath("data"), "a"), 1000);
        Put(Path.Combine(folder.VolumePath("data"), "sub/b"), 1);
        Put(Path.Combine(folder.VolumePath("memory"), "c"), 5000);
        Put(Path.Combine(folder.ContainerPath("web"), "log"), 70);
        Put(Path.Combine(root, "elsewhere"), 9000);
        File.CreateSymbolicLink(Path.Combine(folder.VolumePath("data"), "link"), Path.Combine(root, "elsewhere"));
        Directory.CreateSymbolicLink(Path.Combine(folder.VolumePath("data"), "up"), root);

        var use = DiskMeter.Measure(
            default, folder, Template(new EmptyDirVolume("data", false, null), new EmptyDirVolume("memory", true, null)),
            new Bytes(10_000), 3);

        Assert.Equal(new Bytes(10_000 + 1001 + 70), use.Disk);
        Assert.Equal(("data", 1001), (use.Volumes.Single().Volume, use.Volumes.Single().Used.Value));
        Assert.Equal(3, use.Processes);
    }

    [Fact]
    public void A_folder_that_is_not_there_uses_nothing() => Assert.Equal(0, DiskMeter.UsedBelow(Path.Combine(root, "none")));

    static PodTemplate Template(params Volume[] volumes) => new(
        1, Labels.Empty, Labels.Empty, [], Resources.Zero, Labels.Empty, [], [], "", "", PodRestartPolicy.Always, TimeSpan.Zero, null)
    {
        Volumes = [.. volumes],
    };

    static void Put(string path, int bytes)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, new string('x', bytes), Encoding.ASCII);
    }
}
