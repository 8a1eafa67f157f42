using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Gossip.Core.Ports;
using Gossip.Core.Replication;

namespace Gossip.EndToEnd;

/// <summary>Real nodes on disks that forget or fail: what was acknowledged stays, and nothing is acknowledged that may not stay.</summary>
public sealed partial class SickDiskTests
{
    /// <summary>
    /// One flipped byte once deleted 41 of 42 objects from a whole cluster: a damaged snapshot counted as none, the log behind it was
    /// believed, and its context told the peers that everything in the snapshot was deleted.
    /// </summary>
    [Fact]
    public async Task A_byte_flipped_in_the_middle_of_one_nodes_snapshot_deletes_nothing()
    {
        const int Count = 42;
        await using var cluster = await LocalCluster.StartAsync(2);
        var (keeper, forgetful) = (cluster[0], cluster[1]);
        var data = forgetful.Setup.Data;
        await LocalCluster.UntilAsync("both know each other", async () =>
            (await forgetful.GetAsync("gossip/v1/members"))["members"]!.AsArray().Count == 2);
        for (var i = 0; i < Count; i++)
            Assert.Equal(HttpStatusCode.Created, await ConfigMaps.CreateAsync(keeper, $"map-{i}", letters: 450_000));
        var snapshot = Path.Combine(data, "snapshot");
        await LocalCluster.UntilAsync("the second node has compacted its log", () => Task.FromResult(File.Exists(snapshot)));
        await LocalCluster.UntilAsync("the second node has all of it", async () => (await ConfigMaps.NamesAsync(forgetful)).Count == Count);

        await forgetful.KillAsync();
        var before = Contexts(data);
        Assert.Equal(HttpStatusCode.Created, await ConfigMaps.CreateAsync(keeper, "short-lived", letters: 10));
        foreach (var letters in (int[])[20, 30]) // no row tells of the first of these two writes
            Assert.Equal(HttpStatusCode.OK, await ConfigMaps.ReplaceAsync(keeper, "short-lived", letters));
        Assert.Equal(HttpStatusCode.OK, (await keeper.Api.DeleteAsync($"{ConfigMaps.Path}/short-lived")).StatusCode);
        await LocalCluster.UntilAsync("it is gone", async () => !(await ConfigMaps.NamesAsync(keeper)).Contains("short-lived"));
        await cluster.RestartAsync(1);
        await LocalCluster.UntilAsync("the second node has joined what the first has seen", () => Task.FromResult(Contexts(data) > before));
        await cluster[1].KillAsync();

        Flip(snapshot);
        await cluster.RestartAsync(1);
        await LocalCluster.UntilAsync("the second node has everything again", async () =>
            (await ConfigMaps.NamesAsync(cluster[1])).Count == Count);
        Assert.Equal(Count, (await ConfigMaps.NamesAsync(keeper)).Count);
        Assert.Contains("StoreDamaged", cluster[1].Said(), StringComparison.Ordinal);
        Assert.True(File.Exists(snapshot + ".damaged"));
    }

    [Fact]
    public async Task No_write_is_acknowledged_after_an_fsync_that_failed_and_the_node_ends_with_what_to_do()
    {
        Assert.SkipUnless(HasStrace, "strace is not installed");
        var folder = Directory.CreateTempSubdirectory("gossip-fsync-").FullName;
        try
        {
            var (data, key, trace) = (Path.Combine(folder, "data"), Path.Combine(folder, "key"), Path.Combine(folder, "trace"));
            await File.WriteAllTextAsync(key, (await GossipProgram.RunAsync("keygen")).Output);
            await using var node = NodeProcess.Launch(new NodeSetup("node-1", data, key, 0, 1, []), start => UnderStrace(trace, start));
            await node.UntilReadyAsync();
            var acknowledged = 0;
            for (var i = 0; i < 30; i++)
            {
                var hasFailed = Trace(trace).Contains("(INJECTED)", StringComparison.Ordinal);
                if (!await ConfigMaps.IsAcknowledgedAsync(node, $"map-{i}")) continue;
                Assert.False(hasFailed, $"write {i} was acknowledged after fsync had failed");
                acknowledged++;
            }
            Assert.Equal(1, await node.UntilEndedAsync());
            Assert.Contains($"the data folder {data} cannot be used: fsync: Input/output error", node.Said(), StringComparison.Ordinal);
            Assert.Contains("look at the disk", node.Said(), StringComparison.Ordinal);
            Assert.InRange(acknowledged, 1, Synced().Count(Trace(trace)));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    static bool HasStrace => Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(path => File.Exists(Path.Combine(path, "strace")));

    /// <summary>How often the node wrote down, since its last snapshot, that it has seen all that a peer has.</summary>
    static int Contexts(string data)
    {
        var log = Read(Path.Combine(data, "log"));
        Assert.True(StoreFormat.TryReadHead(log, StoreFormat.LogMagic, out var head, out _));
        return StoreReading.Of(new StoreFiles(Read(Path.Combine(data, "snapshot")), log, null, null), head.Owner)
            .Contents.Records.Count(record => record.Span[1] == (byte)JournalKind.Context);
    }

    /// <summary>Also while the node writes to it.</summary>
    static byte[] Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }

    static void Flip(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        file.Position = file.Length / 2;
        var flipped = (byte)(file.ReadByte() ^ 1);
        file.Position--;
        file.WriteByte(flipped);
    }

    /// <summary>
    /// Each thread's tenth fsync fails, and all after it: one thread opens the folder, another writes. The tracer stands beside the node:
    /// the process is the node's.
    /// </summary>
    static ProcessStartInfo UnderStrace(string trace, ProcessStartInfo start)
    {
        string[] words = ["-D", "-f", "-e", "trace=fsync,fdatasync", "-e", "inject=fsync:error=EIO:when=10+", "-o", trace, start.FileName];
        for (var i = 0; i < words.Length; i++) start.ArgumentList.Insert(i, words[i]);
        start.FileName = "strace";
        return start;
    }

    static string Trace(string path) => File.Exists(path) ? Encoding.UTF8.GetString(Read(path)) : "";

    [GeneratedRegex(@"fsync.*= 0$", RegexOptions.Multiline)]
    private static partial Regex Synced();
}
