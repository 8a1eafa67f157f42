using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Gossip.Core;
using Gossip.Core.Kinds;
using Gossip.Core.Membership;
using Gossip.Core.Primitives;
using Gossip.Core.Requests;
using Gossip.Core.Wire;
using Gossip.Node;
using Gossip.Node.Sealing;
using Gossip.Node.Store;

namespace Gossip.Bench.Disk;

/// <summary>
/// What durability costs: a write beside the same disk's bare fsync, many writers at once, how much of the disk a node takes for what it
/// keeps, and how soon it starts on it.
/// </summary>
static class DiskBench
{
    const int Writes = 400, Askers = 32, Value = 300;

    public static Command Create()
    {
        var folder = new Option<string?>("--folder") { Description = "On the disk to measure; default: the system's temporary folder" };
        var rows = new Option<int>("--rows") { Description = "Objects that a node starts on", DefaultValueFactory = _ => 100_000 };
        var command = new Command("disk", "What durability costs on a disk") { folder, rows };
        command.SetAction((parsed, _) => RunAsync(parsed.GetValue(folder), parsed.GetValue(rows)));
        return command;
    }

    static async Task<int> RunAsync(string? on, int rows)
    {
        var folder = on is null
            ? Directory.CreateTempSubdirectory("gossip-disk-").FullName
            : Directory.CreateDirectory(Path.Combine(on, "gossip-disk")).FullName;
        try
        {
            BareFsync(Path.Combine(folder, "bare"));
            Store(Path.Combine(folder, "store"));
            var data = Path.Combine(folder, "node");
            await WriteAsync(data, rows);
            await StartAsync(data);
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    static void BareFsync(string path)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        var record = new byte[Value];
        Print("bare write + fsync", Time(() =>
        {
            file.Write(record);
            Posix.Sync(file.SafeFileHandle);
            return Task.CompletedTask;
        }).Result);
    }

    static void Store(string path)
    {
        using var store = new FileStore(path, "bench");
        store.Open();
        var record = new byte[Value];
        Print("store: append + sync", Time(() =>
        {
            store.Append(record);
            store.Sync();
            return Task.CompletedTask;
        }).Result);
    }

    static async Task WriteAsync(string data, int rows)
    {
        await using var node = new GossipNode(Microsoft.Extensions.Options.Options.Create(Options(data)));
        await node.StartAsync(default);
        var made = 0;
        Print("node: one writer", await Time(() => CreateAsync(node, made++)));
        var clock = Stopwatch.StartNew();
        var took = await Task.WhenAll(
            Enumerable.Range(0, Askers).Select(_ => Time(() => CreateAsync(node, Interlocked.Increment(ref made)))));
        Print($"node: {Askers} writers", [.. took.SelectMany(each => each)]);
        Line("  writes a second", Text(Askers * Writes / clock.Elapsed.TotalSeconds, 0));
        clock.Restart();
        var before = made;
        var many = new ParallelOptions { MaxDegreeOfParallelism = 256 };
        await Parallel.ForAsync(made, rows, many, async (i, _) => await CreateAsync(node, i + rows));
        Line($"{rows - before:N0} more, 256 writers", $"{Text((rows - before) / clock.Elapsed.TotalSeconds, 0)} a second");
        await node.StopAsync(default);
    }

    static async Task StartAsync(string data)
    {
        var onDisk = new DirectoryInfo(data).GetFiles().Where(file => file.Name is "log" or "snapshot").Sum(file => file.Length);
        var clock = Stopwatch.StartNew();
        using (var store = new FileStore(data, "bench"))
        {
            var contents = store.Open();
            var read = clock.Elapsed;
            var card = new NodeCard("bench", NodeAddress.V4(0x7F000001, 1), Labels.Empty, [], Resources.Zero, [], "");
            var machine = new NodeMachine(new NodeConfig(card, [], NodeTimings.Lan, 1, 1), contents);
            Line("start: files read", $"{Text(read.TotalSeconds, 2)} s");
            Line("start: tables ready", $"{Text(clock.Elapsed.TotalSeconds, 2)} s");
            var live = new WireBuffer(1 << 20);
            machine.WriteSnapshot(live);
            Line("live data", $"{Text(live.Length / 1e6, 1)} MB");
            Line("log + snapshot", $"{Text(onDisk / 1e6, 1)} MB, at most {Text(2 * live.Length / 1e6 + 4, 1)}");
        }
        clock.Restart();
        await using var node = new GossipNode(Microsoft.Extensions.Options.Options.Create(Options(data)));
        await node.StartAsync(default);
        await node.LookAsync();
        Line("node started and asked", $"{Text(clock.Elapsed.TotalSeconds, 2)} s");
        await node.StopAsync(default);
    }

    static GossipOptions Options(string data) =>
        new() { Name = "bench", DataFolder = data, Keyring = Keyring.Generate(), Port = 0, LeaveWithin = TimeSpan.Zero };

    static async Task CreateAsync(GossipNode node, int number)
    {
        var name = new ObjectName("ConfigMap", "default", $"map-{number}");
        var reply = await node.AskAsync(new CreateObject(name, "v1", [new ObjectField("data.value", Quoted)]));
        if (reply is not ObjectStored) throw new InvalidOperationException(reply.ToString());
    }

    static readonly ReadOnlyMemory<byte> Quoted = System.Text.Encoding.UTF8.GetBytes($"\"{new string('x', Value)}\"");

    static async Task<List<TimeSpan>> Time(Func<Task> act)
    {
        List<TimeSpan> took = [];
        for (var i = 0; i < Writes; i++)
        {
            var since = Stopwatch.GetTimestamp();
            await act();
            took.Add(Stopwatch.GetElapsedTime(since));
        }
        return took;
    }

    static void Print(string what, List<TimeSpan> took)
    {
        took.Sort();
        var (p50, p99) = (took[took.Count / 2], took[took.Count * 99 / 100]);
        Line(what, $"p50 {Text(p50.TotalMilliseconds, 2)} ms, p99 {Text(p99.TotalMilliseconds, 2)} ms");
    }

    static void Line(string what, string value) => Console.WriteLine($"{what,-32} {value}");

    static string Text(double value, int digits) => value.ToString("F" + digits, CultureInfo.InvariantCulture);
}
