using System.Net;

namespace Gossip.EndToEnd;

/// <summary>
/// Real data folders that are not as they were: nothing acknowledged is lost, or the node does not start and says what to do.
/// </summary>
public sealed class DamagedFolderTests
{
    const int Maps = 30;

    static string[] Names { get; } = [.. Enumerable.Range(0, Maps).Select(i => $"map-{i}")];

    /// <summary>What becomes of a folder while its node is away.</summary>
    static readonly (string What, Action<string, string> Do)[] Damages =
    [
        ("a flipped byte in the middle of the log", (data, _) => Flip(Path.Combine(data, "log"))),
        ("a log cut in its middle", (data, _) => Truncate(Path.Combine(data, "log"))),
        ("a log of zero bytes", (data, _) => File.WriteAllBytes(Path.Combine(data, "log"), [])),
        ("no log", (data, _) => File.Delete(Path.Combine(data, "log"))),
        ("no card", (data, _) => File.Delete(Path.Combine(data, "node"))),
        ("another node's log", (data, other) => File.Copy(Path.Combine(other, "log"), Path.Combine(data, "log"), overwrite: true)),
        ("an empty folder", (data, _) => Array.ForEach(Directory.GetFiles(data), File.Delete)),
    ];

    [Fact]
    public async Task With_a_peer_every_damage_is_made_good_and_deletes_nothing()
    {
        await using var cluster = await LocalCluster.StartAsync(2);
        var (data, other) = (cluster[1].Setup.Data, cluster[0].Setup.Data);
        await LocalCluster.UntilAsync("both know each other", async () =>
            (await cluster[1].GetAsync("gossip/v1/members"))["members"]!.AsArray().Count == 2);
        foreach (var name in Names) Assert.Equal(HttpStatusCode.Created, await ConfigMaps.CreateAsync(cluster[0], name));
        await LocalCluster.UntilAsync("the second has them", async () => (await ConfigMaps.NamesAsync(cluster[1])).IsSupersetOf(Names));
        await cluster[1].KillAsync();
        var old = Path.Combine(cluster.Folder, "old");
        Copy(data, old);
        foreach (var (what, damage) in Damages.Append(("an older state of the folder", (data, _) => Copy(old, data))))
        {
            damage(data, other);
            await cluster.RestartAsync(1);
            await LocalCluster.UntilAsync($"after {what} the node has everything", async () =>
                (await ConfigMaps.NamesAsync(cluster[1])).IsSupersetOf(Names));
            await LocalCluster.UntilAsync($"after {what} it takes writes", async () =>
                await ConfigMaps.CreateAsync(cluster[1], "written") is HttpStatusCode.Created or HttpStatusCode.Conflict);
            Assert.Superset(Names.ToHashSet(), await ConfigMaps.NamesAsync(cluster[0]));
            await cluster[1].KillAsync();
        }
    }

    [Fact]
    public async Task Alone_it_refuses_with_what_to_do_and_the_doctor_says_so_before()
    {
        var folder = Directory.CreateTempSubdirectory("gossip-alone-").FullName;
        try
        {
            var (data, key) = (Path.Combine(folder, "data"), Path.Combine(folder, "key"));
            await File.WriteAllTextAsync(key, (await GossipProgram.RunAsync("keygen")).Output);
            string[] run =
                ["run", "--name", "a", "--data", data, "--key-file", key, "--port", "0", "--api", "127.0.0.1:0", "--docker", "none"];
            var setup = new NodeSetup("a", data, key, 0, 1, []) { Words = run };
            await using (var node = NodeProcess.Launch(setup))
            {
                await node.UntilReadyAsync();
                foreach (var name in Names) Assert.Equal(HttpStatusCode.Created, await ConfigMaps.CreateAsync(node, name));
                await node.KillAsync();
            }
            Assert.Equal(0, (await GossipProgram.RunAsync("doctor", "--data", data)).ExitCode);
            Flip(Path.Combine(data, "log"));
            var doctor = await GossipProgram.RunAsync("doctor", "--data", data);
            Assert.Equal(1, doctor.ExitCode);
            Assert.Contains("next start  refuses", doctor.Output, StringComparison.Ordinal);

            await using (var refused = NodeProcess.Launch(setup))
            {
                Assert.Equal(3, await refused.UntilEndedAsync());
                Assert.Contains("the log is damaged at byte", refused.Said(), StringComparison.Ordinal);
                Assert.Contains("gossip run --accept-loss", refused.Said(), StringComparison.Ordinal);
            }
            await using (var accepted = NodeProcess.Launch(setup with { Words = [.. run, "--accept-loss"] }))
            {
                await accepted.UntilReadyAsync();
                await LocalCluster.UntilAsync("it takes writes", async () =>
                    await ConfigMaps.CreateAsync(accepted, "written") is HttpStatusCode.Created or HttpStatusCode.Conflict);
                Assert.InRange((await ConfigMaps.NamesAsync(accepted)).Count, Maps - 1, Maps + 1); // one record was damaged
                await accepted.StopAsync();
            }
            var other = await GossipProgram.RunAsync([.. run[..2], "b", .. run[3..]]);
            Assert.Equal(1, other.ExitCode);
            Assert.Contains("is of another node, 'a', and not of 'b'", other.Error, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    static void Flip(string path)
    {
        var bytes = File.ReadAllBytes(path);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(path, bytes);
    }

    static void Truncate(string path)
    {
        var bytes = File.ReadAllBytes(path);
        File.WriteAllBytes(path, bytes[..(bytes.Length / 2)]);
    }

    static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var path in Directory.GetFiles(from)) File.Copy(path, Path.Combine(to, Path.GetFileName(path)), overwrite: true);
    }
}
