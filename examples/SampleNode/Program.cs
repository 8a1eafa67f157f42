// A host app that embeds a node of a cluster, and gives it something to keep alive.
//
// Terminal 1:  dotnet run --project examples/SampleNode -- alice 7946
//              It prints the cluster's key. Every node needs the same.
// Terminal 2:  GOSSIP_KEY=... dotnet run --project examples/SampleNode -- bob 7947 127.0.0.1:7946
//
// The cluster runs three copies of "mailer" on whatever nodes there are. Kill either terminal, and the other takes
// all three over; start it again, and nothing moves: what runs well is left where it is.

using Gossip.Core;
using Gossip.Core.Membership;
using Gossip.Core.Primitives;
using Gossip.Core.Scheduling;
using Gossip.Core.Scheduling.Filters;
using Gossip.Core.Templates;
using Gossip.Node;
using Gossip.Node.Sealing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

if (args.Length < 2 || !int.TryParse(args[1], out var port))
{
    Console.Error.WriteLine("usage: SampleNode NAME PORT [SEED-HOST:PORT ...]");
    return 2;
}

var keyring = KeyringFromEnvironment();
if (keyring is null) return 2;

var builder = Host.CreateApplicationBuilder();
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.Services.AddGossip(options =>
{
    options.Name = args[0];
    options.Port = port;
    options.BindAddress = System.Net.IPAddress.Loopback; // leave this out, and other machines can join
    options.Keyring = keyring;
    options.Timings = NodeTimings.Local; // leave this out where nodes do not share a machine
    options.RunProcesses = false; // this node runs our own code only
    foreach (var seed in args.Skip(2)) options.Seeds.Add(seed);

    // How this node judges itself when it bids: what the built-in scores weigh, and rules of our own.
    options.Scheduling.Weight("spread", 5).Filter(new ScratchSpace());

    // Runs until its token is cancelled. An exception would be a crash, and start it again after a pause.
    options.AddWorkload("mailer", copies: 3, async stop =>
    {
        while (true)
        {
            await Task.Delay(TimeSpan.FromSeconds(2), stop);
            Console.WriteLine($"  {args[0]}: looking for mail");
        }
    });
});

using var app = builder.Build();
await app.StartAsync();
var node = app.Services.GetRequiredService<GossipNode>();
Console.WriteLine($"{node.Name} listens on {node.Address}; Ctrl-C ends it");

// Views are immutable pictures of the cluster as this node knows it; each has a version.
var stopping = app.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
var shown = "";
try
{
    for (var version = 0UL; ;)
    {
        var view = await node.ChangesSinceAsync(version, stopping);
        version = view.Version;
        var picture = $"nodes: {string.Join(", ", view.Nodes.Where(seen => seen.Member.IsLive).Select(seen => seen.Member.Name))}; " +
            $"pods: {string.Join(", ", view.Pods.Select(pod => $"{pod.Name} {(pod.Standing is null ? "pending" : "on " + pod.NodeName)}"))}";
        if (picture != shown) Console.WriteLine(shown = picture);
    }
}
catch (OperationCanceledException)
{
    await app.StopAsync(); // says goodbye: others take over at once instead of finding out
}
return 0;

static Keyring? KeyringFromEnvironment()
{
    if (Environment.GetEnvironmentVariable("GOSSIP_KEY") is not { Length: > 0 } text)
    {
        var fresh = Keyring.Generate();
        Console.WriteLine($"export GOSSIP_KEY={fresh.Reveal()}");
        return fresh;
    }
    if (Keyring.TryParse(text, out var keyring, out var error)) return keyring;
    Console.Error.WriteLine($"GOSSIP_KEY: {error}");
    return null;
}

/// <summary>No new pods for a machine whose temporary files have no room left.</summary>
sealed class ScratchSpace : IFilter
{
    const long Least = 100 << 20;

    public string Name => "scratch-space";

    public FilterVerdict Check(PodTemplate pod, in NodeFacts node) =>
        new DriveInfo(Path.GetTempPath()).AvailableFreeSpace is var free && free >= Least
            ? FilterVerdict.Yes
            : FilterVerdict.No($"{free >> 20} MiB of scratch space left, {Least >> 20} needed");
}
