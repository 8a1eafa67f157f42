using System.Diagnostics;
using System.Runtime.Versioning;

namespace Gossip.EndToEnd;

/// <summary>What a node keeps on disk is for its own user, and for none of its pods.</summary>
public sealed class NodeFilesTests : IDisposable
{
    // Not below /tmp, of which a pod has its own.
    readonly string folder = $"/var/lib/gossip-e2e-{Environment.ProcessId}-{Guid.NewGuid():N}";

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    [UnsupportedOSPlatform("windows")] // umask and modes are Unix's; the pods run under /bin/sh
    public async Task A_node_closes_its_files_to_others_whatever_its_umask_and_its_pods_read_neither_them_nor_the_key()
    {
        if (!Environment.IsPrivilegedProcess) Assert.Skip("isolated pods need root");
        Directory.CreateDirectory(folder);
        var (data, key) = (Path.Combine(folder, "data"), Path.Combine(folder, "cluster.key"));
        await File.WriteAllTextAsync(key, (await GossipProgram.RunAsync("keygen")).Output);
        var setup = new NodeSetup("node-1", data, key, 0, 1, ["--process-isolation", "namespaces"]);
        await using var node = NodeProcess.Launch(setup, start => UnderUmask("000", start));
        await node.UntilReadyAsync();

        // The names in the pod's log are the files whose first byte it could read.
        string[] asked = [key, "/etc/hostname", .. Directory.GetFiles(data)];
        var looks = asked.Select(path => $"[ -z \"$(head -c 1 {path} 2>/dev/null | tr '\\0' 0)\" ] || echo {path}; ");
        var script = string.Concat(looks) + "echo end";
        script = script.Replace("$", "$$", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal); // for the manifest
        var manifest = Path.Combine(folder, "pod.yaml");
        await File.WriteAllTextAsync(manifest, $$"""
            apiVersion: v1
            kind: Pod
            metadata: {name: reader}
            spec:
              runtimeClassName: process
              restartPolicy: Never
              containers:
              - name: main
                command: ["sh", "-c", '{{script}}']
            """);
        var server = node.Api.BaseAddress!.ToString();
        var applied = await GossipProgram.RunAsync("apply", "-f", manifest, "--server", server);
        Assert.True(applied.ExitCode == 0, applied.Error);
        var log = "";
        await LocalCluster.UntilAsync("the pod ended", async () =>
        {
            log = (await GossipProgram.RunAsync("logs", "reader", "--server", server)).Output;
            return log.EndsWith("end\n", StringComparison.Ordinal);
        });

        Assert.Equal("/etc/hostname\nend\n", log);
        Assert.Subset(asked.ToHashSet(), new[] { data + "/log", data + "/lock.pid" }.ToHashSet()); // there was something to read
        foreach (var path in Directory.GetFileSystemEntries(data).Append(data))
            Assert.Equal((path, Directory.Exists(path) ? "700" : "600"), (path, Convert.ToString((int)File.GetUnixFileMode(path), 8)));
    }

    static ProcessStartInfo UnderUmask(string umask, ProcessStartInfo start)
    {
        start.ArgumentList.Insert(0, start.FileName);
        foreach (var word in (string[])["sh", $"umask {umask}; exec \"$@\"", "-c"]) start.ArgumentList.Insert(0, word);
        start.FileName = "/bin/sh";
        return start;
    }
}
