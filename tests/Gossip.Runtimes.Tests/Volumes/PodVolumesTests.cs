using System.Text;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;
using Gossip.Runtimes.Pods;
using Gossip.Runtimes.Volumes;

namespace Gossip.Runtimes.Tests.Volumes;

public sealed class PodVolumesTests : IDisposable
{
    readonly string root = Directory.CreateTempSubdirectory("gossip-volumes").FullName;
    PodFolder Folder => new(Path.Combine(root, "pod"));

    public void Dispose()
    {
        if (Directory.Exists(Folder.Path)) Folder.Delete(note => Assert.Fail(note.Detail));
        Directory.Delete(root, recursive: true);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Files_change_all_at_once_and_those_that_are_gone_vanish(bool inMemory)
    {
        var volumes = Of(new FilesVolume("config", 0b110_100_100, inMemory, []));
        volumes.Create([new("config", [File("a", "1"), File("sub/b", "1")])]);
        var link = new FileInfo(At("config", "a")).LinkTarget;
        volumes.Update([new("config", [File("a", "2"), File("c", "2")])]);

        Assert.Equal("2", System.IO.File.ReadAllText(At("config", "a")));
        Assert.Equal("2", System.IO.File.ReadAllText(At("config", "c")));
        Assert.False(Path.Exists(At("config", "sub")));
        Assert.Equal("..data/a", link);
        Assert.Equal(["..2", "..data", "a", "c"], Names("config"));
    }

    [Fact]
    public void A_write_that_was_cut_short_is_made_anew()
    {
        var volumes = Of(new FilesVolume("config", 0b110_100_100, false, []));
        volumes.Create([new("config", [File("a", "1")])]);
        Directory.CreateDirectory(At("config", "..2"));
        System.IO.File.WriteAllText(At("config", "..2/half"), "");
        System.IO.File.CreateSymbolicLink(At("config", "..data_next"), "..2");
        volumes.Update([new("config", [File("a", "2")])]);

        Assert.Equal(["..2", "..data", "a"], Names("config"));
        Assert.False(Path.Exists(At("config", "..2/half")));
    }

    [Fact]
    public void A_file_has_the_mode_it_was_given()
    {
        Of(new FilesVolume("config", 0, false, [])).Create([new("config", [new VolumeFile("run.sh", Encoding.UTF8.GetBytes("x"), 0b101_000_000)])]);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserExecute, new FileInfo(At("config", "..data/run.sh")).UnixFileMode);
    }

    [Theory]
    [InlineData("../outside")]
    [InlineData("planted")]
    [InlineData("planted/deeper")]
    public void A_part_that_leads_out_of_its_volume_is_refused(string part)
    {
        Directory.CreateDirectory(Path.Combine(root, "outside"));
        var volumes = Of(new EmptyDirVolume("data", false, null));
        volumes.Create([]);
        Directory.CreateSymbolicLink(At("data", "planted"), Path.Combine(root, "outside"));

        Assert.Throws<VolumeError>(() => volumes.Source(new VolumeMount("data", "/data", part, false)));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(root, "outside")));
    }

    [Fact]
    public void A_part_of_a_folder_is_made_and_a_part_of_files_must_be_there()
    {
        var volumes = Of(new EmptyDirVolume("data", false, null), new FilesVolume("config", 0, false, []));
        volumes.Create([new("config", [File("redis.conf", "")])]);

        Assert.True(Directory.Exists(volumes.Source(new VolumeMount("data", "/data", "a/b", false))));
        Assert.EndsWith("/redis.conf", volumes.Source(new VolumeMount("config", "/redis.conf", "redis.conf", false)));
        Assert.Throws<VolumeError>(() => volumes.Source(new VolumeMount("config", "/x", "absent", false)));
    }

    [Theory]
    [InlineData("Directory", false)]
    [InlineData("File", false)]
    [InlineData("DirectoryOrCreate", true)]
    [InlineData("FileOrCreate", true)]
    [InlineData("", true)]
    public void A_path_of_the_host_is_what_its_type_says(string type, bool fine)
    {
        var volumes = Of(new HostPathVolume("host", Path.Combine(root, "absent"), type));
        if (fine) volumes.Create([]);
        else Assert.Contains("absent", Assert.Throws<VolumeError>(() => volumes.Create([])).Message);
    }

    PodVolumes Of(params Volume[] volumes) => new(Folder, new PodTemplate(
        1, Labels.Empty, Labels.Empty, [], Resources.Zero, Labels.Empty, [], [], "", "", PodRestartPolicy.Always, TimeSpan.Zero, null) { Volumes = [.. volumes] });

    string At(string volume, string path) => Path.Combine(Folder.VolumePath(volume), path);
    IEnumerable<string> Names(string volume) => Directory.EnumerateFileSystemEntries(Folder.VolumePath(volume)).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal);
    static VolumeFile File(string path, string content) => new(path, Encoding.UTF8.GetBytes(content), 0b110_100_100);
}
