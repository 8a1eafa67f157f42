// A host app that embeds a node of a cluster, and gives it something to keep running.
//
// Terminal 1:  dotnet run --project examples/SampleNode alice
//              It prints the line that sets the cluster's key: every host needs the same.
// Terminal 2:  export GOSSIP_KEY=...
//              dotnet run --project examples/SampleNode bob
//
// Three copies of "mailer" run, spread over the hosts there are. Kill either terminal, and the other takes its copies over; start it
// again, and one moves back. On other machines: SampleNode NAME PORT SEED-HOST:PORT, where any host is a seed.

using Gossip.Core.Scheduling;
using Gossip.Core.Scheduling.Filters;
using Gossip.Core.Templates;
using Gossip.Node;
using Gossip.Node.Sealing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

var key = Environment.GetEnvironmentVariable("GOSSIP_KEY") ?? Keyring.Generate().Reveal();
Console.WriteLine($"export GOSSIP_KEY={key}");

var builder = Host.CreateApplicationBuilder();
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.Services.AddGossip(options =>
{
    options.Keyring = Keyring.Parse(key);
    options.Name = args.ElementAtOrDefault(0);
    if (int.TryParse(args.ElementAtOrDefault(1), out var port)) options.Port = port;
    foreach (var seed in args.Skip(2)) options.Seeds.Add(seed);

    options.AddWorkload("mailer", copies: 3, async (context, stop) =>
    {
        while (true)
        {
            await Task.Delay(TimeSpan.FromSeconds(2), stop); // cancelled when this copy is to end here
            Console.WriteLine($"  {context.Node}: mailer {context.Ordinal} of {context.Copies} looks for mail");
        }
    });

    // How this host judges itself when it bids for a copy: what the built-in scores weigh, and rules of our own.
    options.Scheduling.Weight("spread", 5).Filter(new ScratchSpace());
});

using var app = builder.Build();
await app.StartAsync();
var gossip = app.Services.GetRequiredService<IGossip>();
Console.WriteLine($"{gossip.Name} runs; Ctrl-C ends it");

var stopping = app.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
await foreach (var state in gossip.WatchAsync(stopping))
{
    var hosts = state.Members.Where(member => member.Health == MemberHealth.Alive).Select(member => member.Name);
    var copies = state.Workloads.SelectMany(workload => workload.Running).Select(copy =>
        $"{copy.Ordinal} {(copy.IsReady ? "on " + copy.Node : "waits")}");
    Console.WriteLine($"hosts: {string.Join(", ", hosts)}; mailers: {string.Join(", ", copies)}");
}
await app.StopAsync(); // its copies end, then others take them over

/// <summary>No new copies for a machine whose temporary files have no room left.</summary>
sealed class ScratchSpace : IFilter
{
    const long Least = 100 << 20;

    public string Name => "scratch-space";

    public FilterVerdict Check(PodTemplate pod, in NodeFacts node) =>
        new DriveInfo(Path.GetTempPath()).AvailableFreeSpace is var free && free >= Least
            ? FilterVerdict.Yes
            : FilterVerdict.No($"{free >> 20} MiB of scratch space left, {Least >> 20} needed");
}
