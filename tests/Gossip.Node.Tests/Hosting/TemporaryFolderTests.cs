using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.Versioning;
using Gossip.Node.Store;

namespace Gossip.Node.Tests.Hosting;

/// <summary>Whose node lives keeps its folder; whose node is gone is found, by one.</summary>
public sealed class TemporaryFolderTests : IDisposable
{
    readonly DirectoryInfo above = Directory.CreateTempSubdirectory("gossip-temporary-");

    string Parent => Path.Combine(above.FullName, "gossip-of-user");

    public void Dispose() => above.Delete(recursive: true);

    [Fact]
    public void A_folder_is_made_and_goes_without_a_trace()
    {
        var folder = TemporaryFolder.Create(Parent, "a");
        Assert.True(Directory.Exists(folder.Path));
        Assert.Equal(Parent, Path.GetDirectoryName(folder.Path));
        Assert.Equal("a", folder.Node);
        Assert.True(folder.Remove());
        Assert.Empty(Directory.EnumerateFileSystemEntries(Parent));
    }

    [Fact]
    public void Only_the_folder_of_a_node_that_is_gone_is_taken_and_only_once()
    {
        using var living = TemporaryFolder.Create(Parent, "living");
        var dead = TemporaryFolder.Create(Parent, "dead");
        File.WriteAllText(Path.Combine(dead.Path, "data"), "x");
        Assert.Empty(TemporaryFolder.TakeAbandoned(Parent));

        dead.Dispose(); // as the end of its process does
        var taken = Assert.Single(TemporaryFolder.TakeAbandoned(Parent));
        Assert.Equal((dead.Path, "dead"), (taken.Path, taken.Node));
        Assert.Empty(TemporaryFolder.TakeAbandoned(Parent)); // it is ours now

        Assert.True(taken.Remove());
        Assert.Equal(living.Path, Assert.Single(Directory.EnumerateFileSystemEntries(Parent)));
    }

    [Fact]
    public void One_that_is_not_finished_with_is_found_by_the_next()
    {
        TemporaryFolder.Create(Parent, "dead").Dispose();
        foreach (var taken in TemporaryFolder.TakeAbandoned(Parent)) taken.Dispose();
        Assert.Equal("dead", Assert.Single(TemporaryFolder.TakeAbandoned(Parent)).Node);
    }

    [Fact]
    public void What_a_node_left_that_died_before_it_wrote_its_name_is_found()
    {
        var path = Directory.CreateDirectory(Path.Combine(Parent, "0001")).FullName;
        var taken = Assert.Single(TemporaryFolder.TakeAbandoned(Parent));
        Assert.Equal((path, ""), (taken.Path, taken.Node));
        taken.Remove();
    }

    /// <summary>A program that a node starts would else hold the lock after the node's death.</summary>
    [Fact]
    public async Task What_the_node_starts_does_not_hold_its_lock()
    {
        var folder = TemporaryFolder.Create(Parent, "dead");
        using var pod = Process.Start("sleep", "60");
        folder.Dispose();
        Assert.Single(TemporaryFolder.TakeAbandoned(Parent));
        pod.Kill();
        await pod.WaitForExitAsync();
    }

    [Fact]
    public void Without_any_there_is_nothing_to_take() => Assert.Empty(TemporaryFolder.TakeAbandoned(Parent));

    /// <summary>Nodes that start, stop and clean up in the same moment: a folder whose node lives is never taken.</summary>
    [Fact]
    public async Task Starts_and_cleaners_side_by_side_never_take_what_lives()
    {
        var living = new ConcurrentDictionary<string, bool>(StringComparer.Ordinal);
        var stolen = new ConcurrentQueue<string>();
        using var done = new CancellationTokenSource();
        var cleaners = Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
        {
            while (!done.IsCancellationRequested)
                foreach (var taken in TemporaryFolder.TakeAbandoned(Parent))
                {
                    if (living.ContainsKey(taken.Path)) stolen.Enqueue(taken.Path);
                    taken.Remove();
                }
        })).ToArray();
        var starters = Enumerable.Range(0, 2).Select(starter => Task.Run(() =>
        {
            for (var run = 0; run < 200; run++)
            {
                var folder = TemporaryFolder.Create(Parent, $"node-{starter}");
                living[folder.Path] = true;
                if (!Directory.Exists(folder.Path)) stolen.Enqueue(folder.Path);
                living.Remove(folder.Path, out _);
                if (run % 2 == 0) folder.Dispose();
                else folder.Remove();
            }
        })).ToArray();
        await Task.WhenAll(starters);
        await done.CancelAsync();
        await Task.WhenAll(cleaners);
        Assert.Empty(stolen);
        foreach (var last in TemporaryFolder.TakeAbandoned(Parent)) last.Remove();
        Assert.Empty(Directory.EnumerateFileSystemEntries(Parent));
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void It_is_closed_to_other_users()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "files have no such modes there");
        Directory.CreateDirectory(Parent, (UnixFileMode)0x1FF); // open to all, by the same user
        using var folder = TemporaryFolder.Create(Parent, "a");
        const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        Assert.Equal((OwnerOnly, OwnerOnly), (File.GetUnixFileMode(Parent), File.GetUnixFileMode(folder.Path)));
    }

    [Fact]
    public void What_another_user_may_have_put_there_is_refused()
    {
        var elsewhere = above.CreateSubdirectory("elsewhere").FullName;
        Directory.CreateDirectory(Path.Combine(elsewhere, "0001"));
        Directory.CreateSymbolicLink(Parent, elsewhere);
        Assert.Contains("TMPDIR", Assert.Throws<StoreFault>(() => TemporaryFolder.Create(Parent, "a")).Message, StringComparison.Ordinal);
        Assert.Throws<StoreFault>(() => TemporaryFolder.TakeAbandoned(Parent));
        Assert.True(Directory.Exists(Path.Combine(elsewhere, "0001")));
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void A_folder_of_another_user_is_refused_also_by_root()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess && OperatingSystem.IsLinux(), "only root can make a folder of another user");
        Directory.CreateDirectory(Parent);
        using (var chown = Process.Start("chown", ["65534", Parent])) chown.WaitForExit();
        Assert.Throws<StoreFault>(() => TemporaryFolder.Create(Parent, "a"));
        Assert.Throws<StoreFault>(() => TemporaryFolder.TakeAbandoned(Parent));
    }
}
