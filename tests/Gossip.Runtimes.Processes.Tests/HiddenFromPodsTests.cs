using System.Collections.Immutable;
using System.Diagnostics;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;
using Gossip.Runtimes.Pods;
using Gossip.Tests.Runtimes;

namespace Gossip.Runtimes.Processes.Tests;

/// <summary>
/// An isolated pod sees neither the data folder nor the key, wherever they are: a pod tries to read each file. Every layout has a
/// file that the pod does see, so that a pod which sees nothing at all does not pass. Needs root, util-linux and iproute2.
/// </summary>
public sealed class HiddenFromPodsTests : IAsyncDisposable
{
    const string Secret = "of-the-node-alone";

    static readonly string Unique = $"gossip-test-{Guid.NewGuid():N}";

    static string Home => Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    /// <summary>Data folder, key, and what the pod may see; <c>*</c> stands for a name of the test's own.</summary>
    public static TheoryData<string, string, string> Layouts => new()
    {
        { "/var/lib/*", "/var/lib/*.key", "/var/lib/*.txt" },
        { "/var/lib/*/a/b", "/var/lib/*/a/cluster.key", "/var/lib/*/other.txt" },
        { "~/*", "~/*/cluster.key", "~/*.txt" },
        { "~/*/data", "~/*/cluster.key", "~/*/other.txt" },
        { "/*", "/*.key", "/*.txt" },
        { "/*/data", "/etc/*.key", "/etc/*.txt" },
        { "/opt/*/with a blank/data", "/opt/*/with a blank/key#1", "/opt/*/with a blank/other" },
        { "/var/tmp/*", "/tmp/*.key", "/var/tmp/*.txt" },
    };

    [Theory, MemberData(nameof(Layouts))]
    public async Task A_pod_reads_no_file_of_the_node(string data, string key, string seen)
    {
        (data, key, seen) = (Place(data), Place(key), Place(seen));
        Write(data, key, seen);

        Assert.Equal([seen], await ReadInPodAsync(data, [data, key], [key, seen, .. FilesOf(data)]));
    }

    [Fact]
    public async Task A_pod_reads_no_file_of_the_node_through_links_in_its_paths()
    {
        var (real, link) = (Place("/var/lib/*-real"), Place("/opt/*-link"));
        Write(real + "/x/data", real + "/x/cluster.key", real + "/x/other.txt");
        Directory.CreateSymbolicLink(link, real);
        var keyLink = Place("/opt/*-key");
        File.CreateSymbolicLink(keyLink, link + "/x/cluster.key");

        string[] files =
        [
            keyLink, real + "/x/cluster.key", link + "/x/cluster.key", link + "/x/other.txt", real + "/x/other.txt",
            .. FilesOf(real + "/x/data"), .. FilesOf(link + "/x/data"),
        ];
        var read = await ReadInPodAsync(link + "/x/data", [link + "/x/data", keyLink], files);

        Assert.Equal([link + "/x/other.txt", real + "/x/other.txt"], read);
    }

    [Fact]
    public async Task A_pod_reads_no_file_of_the_node_at_other_places_where_it_is_mounted_also_after_the_key_was_replaced()
    {
        var (real, part, whole) = (Place("/var/lib/*-real"), Place("/mnt/*-part"), Place("/mnt/*-whole"));
        Write(real + "/data", real + "/cluster.key", real + "/other.txt");
        foreach (var place in new[] { part, whole }) Directory.CreateDirectory(place);
        string[] places = [real, part, whole + real];
        var files = places.SelectMany(
            place => (string[])[place + "/cluster.key", place + "/other.txt", .. FilesOf(place + "/data")]);
        var launch = Pod($"while [ ! -e go ]; do sleep 0.01; done; {Reading(files)}");

        // A node in a mount namespace of its own, where a folder, and the whole of its file system, are mounted once more.
        var node = Helper.Host(real + "/data/pods", launch, ProcessIsolation.Namespaces, real + "/data", real + "/cluster.key");
        const string script = "mount --bind \"$1\" \"$2\" && mount --bind / \"$3\" && shift 3 && exec \"$@\"";
        string[] command = ["--mount", "sh", "-c", script, "sh", real, part, whole, .. node];
        using var process = Process.Start(new ProcessStartInfo("unshare", command) { RedirectStandardOutput = true })!;
        try
        {
            Assert.Equal("running", await process.StandardOutput.ReadLineAsync());
            File.WriteAllText(real + "/new.key", Secret);
            File.Move(real + "/new.key", real + "/cluster.key", overwrite: true);
            var container = PodFolder.Of(real + "/data/pods", launch.Pod).ContainerPath("main");
            File.WriteAllText(container + "/work/go", ""); // in the container's own folder: an overlay need not see what is new below it
            var log = container + "/log";
            var patience = Stopwatch.StartNew();
            while (!File.ReadAllText(log).EndsWith("end\n", StringComparison.Ordinal) && patience.Elapsed < TimeSpan.FromSeconds(30))
                await Task.Delay(5);

            Assert.Equal(places.Select(place => place + "/other.txt"), ReadAccordingTo(File.ReadAllText(log)));
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
            await ProcessRuntime.EndAllAsync(real);
        }
    }

    [Fact]
    public async Task A_pod_finds_its_own_folder_and_volumes_though_the_folder_around_them_is_hidden()
    {
        var data = Place("/var/lib/*");
        Directory.CreateDirectory(data);
        var launch = Pod("echo mine > file && cat file && echo ours > /data/file && cat /data/file && ls -A \"$0\"");
        launch = launch with
        {
            Template = launch.Template with
            {
                Containers = [launch.Template.Containers[0] with { Mounts = [new("data", "/data", "", false)], Args = [data] }],
                Volumes = [new EmptyDirVolume("data", false, null)],
            },
        };

        Assert.Equal("mine\nours\npods\n", await RunAsync(data, [data], launch));
    }

    static string Place(string layout) =>
        layout.Replace("~", Home, StringComparison.Ordinal).Replace("*", Unique, StringComparison.Ordinal);

    /// <summary>A data folder with a log and a snapshot, a key, and a file that is nobody's secret.</summary>
    static void Write(string data, string key, string seen)
    {
        Directory.CreateDirectory(data);
        foreach (var path in (string[])[.. FilesOf(data), key, seen]) File.WriteAllText(path, Secret);
    }

    static string[] FilesOf(string data) => [data + "/log", data + "/snapshot"];

    /// <returns>Those of the files whose content a pod can read.</returns>
    static async Task<string[]> ReadInPodAsync(string data, ImmutableArray<string> hidden, IEnumerable<string> files) =>
        ReadAccordingTo(await RunAsync(data, hidden, Pod(Reading(files))));

    static string Reading(IEnumerable<string> files) =>
        string.Concat(files.Select(file => $"echo \"$(cat {Quote(file)} 2>&1)\" {Quote(file)}\n")) + "echo end\n";

    static string Quote(string path) => $"'{path}'";

    static string[] ReadAccordingTo(string log)
    {
        var lines = log.Split('\n');
        Assert.Equal(["end", ""], lines[^2..]);
        var read = lines.Where(line => line.StartsWith(Secret + ' ', StringComparison.Ordinal));
        return [.. read.Select(line => line[(Secret.Length + 1)..])];
    }

    static PodLaunch Pod(string script)
    {
        var container = new ContainerSpec(
            "main", "", ["sh", "-c", script.Replace("$", "$$", StringComparison.Ordinal)], [], [], "", [], Resources.Zero, Resources.Zero);
        var template = new PodTemplate(
            7, Labels.Empty, Labels.Empty, [container], Resources.Zero, Labels.Empty, [], [], RuntimeNames.Process, "",
            PodRestartPolicy.Never,
            TimeSpan.Zero, null);
        return new PodLaunch(new PodRun(new PodId(new Uid(7, 7), 0, 7), Epoch.First), "reader", "default", "7", "node-1", template);
    }

    /// <returns>What the pod's container said.</returns>
    static async Task<string> RunAsync(string data, ImmutableArray<string> hidden, PodLaunch launch)
    {
        await using var runtime = new ProcessRuntime(new ProcessRuntimeOptions(Path.Combine(data, "pods"), NodeId.Of("node-1"))
        {
            Isolation = ProcessIsolation.Namespaces, Hidden = hidden,
        });
        var reports = new Reports();
        await runtime.AdoptAsync(reports, default);
        await runtime.PrepareAsync(launch, [], default);
        await reports.Await<PodPrepared>();
        try
        {
            await runtime.StartContainerAsync(launch.Pod, ContainerStart.Bare("main", 0), default);
            await reports.Await<ContainerExited>();
            var output = new MemoryStream();
            await runtime.ReadLogsAsync(launch.Pod, "main", new LogQuery(), output, default);
            return System.Text.Encoding.UTF8.GetString(output.ToArray());
        }
        finally
        {
            await runtime.StopAsync(launch.Pod, TimeSpan.Zero, default);
        }
    }

    public ValueTask DisposeAsync()
    {
        foreach (var folder in (string[])["/", "/etc", "/mnt", "/opt", "/tmp", "/var/lib", "/var/tmp", Home])
            foreach (var path in Directory.EnumerateFileSystemEntries(folder, Unique + "*"))
                if (Directory.Exists(path) && new FileInfo(path).LinkTarget is null) Directory.Delete(path, recursive: true);
                else File.Delete(path);
        return ValueTask.CompletedTask;
    }
}
