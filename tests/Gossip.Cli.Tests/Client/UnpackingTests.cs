using System.Formats.Tar;
using System.Runtime.Versioning;
using System.Text;
using Gossip.Cli.Client;

namespace Gossip.Cli.Tests.Client;

/// <summary>What <c>gossip cp</c> does with an archive that somebody else made.</summary>
public sealed class UnpackingTests : IDisposable
{
    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("gossip-unpack-");
    readonly List<string> left = [];

    string Target => Path.Combine(folder.FullName, "target");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task Nothing_is_written_beside_the_folder_that_was_named_and_no_link_is_made()
    {
        using var tar = Tar(
            Text("data/inside", "in"),
            Text("../outside", "out"),
            Text("data/../../outside", "out"),
            Text("../target-beside", "out"), // begins as the folder's own name does
            Text("/rooted", "in"),
            new PaxTarEntry(TarEntryType.Directory, "../made"),
            new PaxTarEntry(TarEntryType.SymbolicLink, "data/link") { LinkName = folder.FullName },
            new PaxTarEntry(TarEntryType.HardLink, "data/hard") { LinkName = "/etc/passwd" },
            new PaxTarEntry(TarEntryType.Fifo, "data/fifo"),
            Text("data/link/through", "in"));
        Assert.Equal(3, await Unpacking.UnpackAsync(tar, Target, left.Add, default));

        Assert.Equal(["data/inside", "data/link/through", "rooted"], Files());
        Assert.Equal(7, left.Count);
        Assert.Equal(Target, Assert.Single(folder.EnumerateFileSystemInfos()).FullName);
    }

    [Fact]
    public async Task A_link_that_is_there_already_is_not_followed()
    {
        var outside = folder.CreateSubdirectory("outside").FullName;
        File.WriteAllText(Path.Combine(outside, "file"), "mine");
        Directory.CreateDirectory(Target);
        File.CreateSymbolicLink(Path.Combine(Target, "folder"), outside);
        File.CreateSymbolicLink(Path.Combine(Target, "file"), Path.Combine(outside, "file"));
        using var tar = Tar(Text("folder/new", "out"), Text("folder/deep/new", "out"), Text("file", "in"));

        Assert.Equal(1, await Unpacking.UnpackAsync(tar, Target, left.Add, default));
        Assert.Equal("mine", File.ReadAllText(Path.Combine(outside, "file")));
        Assert.Equal("in", File.ReadAllText(Path.Combine(Target, "file")));
        Assert.Equal(Path.Combine(outside, "file"), Assert.Single(Directory.EnumerateFileSystemEntries(outside)));
        Assert.All(left, line => Assert.Contains("through the link", line, StringComparison.Ordinal));
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task A_file_gets_no_rights_of_another_user()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "files have no such rights there");
        using var tar = Tar(new PaxTarEntry(TarEntryType.RegularFile, "tool")
        {
            Mode = UnixFileMode.SetUser | UnixFileMode.SetGroup | UnixFileMode.UserRead | UnixFileMode.UserExecute,
        });
        Assert.Equal(1, await Unpacking.UnpackAsync(tar, Target, left.Add, default));
        var rights = File.GetUnixFileMode(Path.Combine(Target, "tool"));
        Assert.Equal(UnixFileMode.None, rights & (UnixFileMode.SetUser | UnixFileMode.SetGroup));
    }

    [Fact]
    public async Task A_cut_archive_is_a_failure()
    {
        using var whole = Tar(Text("a", new string('x', 10_000)));
        using var cut = new MemoryStream(whole.ToArray()[..5000]);
        var failure = await Assert.ThrowsAsync<CliFailure>(() => Unpacking.UnpackAsync(cut, Target, left.Add, default));
        Assert.Contains("not whole", failure.Message, StringComparison.Ordinal);
    }

    /// <summary>Any bytes are an archive, or a failure in words; never a fault of ours, and never a file beside the folder.</summary>
    [Fact]
    public async Task A_damaged_archive_does_no_harm()
    {
        using var whole = Tar(
            Text("data/inside", "in"), new PaxTarEntry(TarEntryType.Directory, "data/more"), Text(new string('n', 150), "long"));
        var bytes = whole.ToArray();
        var random = new Random(17);
        for (var run = 0; run < 500; run++)
        {
            var damaged = (byte[])bytes.Clone();
            for (var each = random.Next(1, 6); each > 0; each--) damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            using var tar = new MemoryStream(damaged, 0, random.Next(damaged.Length) + 1);
            try
            {
                await Unpacking.UnpackAsync(tar, Target, left.Add, default);
            }
            catch (CliFailure)
            {
                // In words.
            }
            Assert.All(folder.EnumerateFileSystemInfos(), only => Assert.Equal(Target, only.FullName));
        }
    }

    IEnumerable<string> Files() => Directory.EnumerateFiles(folder.FullName, "*", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(Target, file)).Order(StringComparer.Ordinal);

    static PaxTarEntry Text(string name, string text) =>
        new(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)) };

    static MemoryStream Tar(params PaxTarEntry[] entries)
    {
        var tar = new MemoryStream();
        using (var writer = new TarWriter(tar, leaveOpen: true))
            foreach (var entry in entries) writer.WriteEntry(entry);
        tar.Position = 0;
        return tar;
    }
}
