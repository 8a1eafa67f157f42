using System.Formats.Tar;
using System.Text;
using Gossip.Cli;
using Gossip.Cli.Client;
using Gossip.Core.Turns;

namespace Gossip.EndToEnd;

/// <summary>What <c>gossip cp</c> does with an archive that somebody else made.</summary>
public sealed class UnpackingTests : IDisposable
{
    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("gossip-unpack-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task Nothing_is_written_beside_the_folder_that_was_named_and_no_link_is_made()
    {
        var target = Path.Combine(folder.FullName, "target");
        var left = new List<string>();
        using var tar = Tar(
            Text("data/inside", "in"),
            Text("../outside", "out"),
            Text("data/../../outside", "out"),
            Text("/rooted", "in"),
            new PaxTarEntry(TarEntryType.SymbolicLink, "data/link") { LinkName = folder.FullName },
            Text("data/link/through", "in"));
        Assert.Equal(3, await Unpacking.UnpackAsync(tar, target, left.Add, default));

        Assert.Equal(["data/inside", "data/link/through", "rooted"],
            Directory.EnumerateFiles(folder.FullName, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(target, file)).Order(StringComparer.Ordinal));
        Assert.Equal(3, left.Count);
    }

    [Fact]
    public async Task A_cut_archive_is_a_failure()
    {
        using var whole = Tar(Text("a", new string('x', 10_000)));
        using var cut = new MemoryStream(whole.ToArray()[..5000]);
        Assert.Contains("not whole", (await Assert.ThrowsAsync<CliFailure>(() => Unpacking.UnpackAsync(cut, folder.FullName, _ => { }, default))).Message, StringComparison.Ordinal);
    }

    static PaxTarEntry Text(string name, string text) => new(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)) };

    static MemoryStream Tar(params PaxTarEntry[] entries)
    {
        var tar = new MemoryStream();
        using (var writer = new TarWriter(tar, leaveOpen: true))
            foreach (var entry in entries) writer.WriteEntry(entry);
        tar.Position = 0;
        return tar;
    }
}
