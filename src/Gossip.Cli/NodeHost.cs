using System.Net;
using Gossip.Cli.Display;
using Gossip.Core.Ports;
using Gossip.Kubernetes.Api;
using Gossip.Node;
using Gossip.Node.Store;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace Gossip.Cli;

/// <summary>A node and its API in this process, until somebody stops them. No generic host: a node should be small.</summary>
static class NodeHost
{
    /// <summary>The exit code of a node whose data is damaged, and that knows nobody who has the rest: an operator decides.</summary>
    const int DamagedAndAlone = 3;

    /// <param name="Api">Where the API listens, on loopback.</param>
    public sealed record Settings(IPEndPoint Api, GossipOptions Options);

    /// <summary>Announces itself on standard output (<see cref="RunAnnouncement"/>), logs to standard error.</summary>
    /// <returns>0 when it was stopped, 1 when it could not go on.</returns>
    public static async Task<int> RunAsync(Settings settings, CancellationToken stop)
    {
        // System.CommandLine waits at SIGTERM only for an action whose task it has. Without this, all up to the announcement may run
        // before it has it, and a signal right after the announcement would end the process without a stop, with 143.
        await Task.Yield();
        var options = settings.Options;
        using var logs = Logs();
        using var memory = new IdleMemory();
        GossipNode? node = null;
        var api = new KubernetesApi((request, cancel) => node?.AskAsync(request, cancel)
            ?? Task.FromResult<Reply>(new Refused(RefusedBecause.Unavailable, "the node is starting: ask again in a moment")),
            pods: () => node?.Pods,
            changes: (version, cancel) => node?.ChangesSinceAsync(version, cancel)
                ?? throw new InvalidOperationException("the node is starting"));
        await using var server = await ListenAsync(api, settings.Api);
        options.ApiUrl = server.Url.GetLeftPart(UriPartial.Authority);
        await using var started = await StartAsync(options, logs);
        node = started;
        Output.Line(new RunAnnouncement(started.Name, started.Address.ToString(), options.ApiUrl).ToString());
        try
        {
            await started.Completion.WaitAsync(stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await started.StopAsync(CancellationToken.None);
            return 0;
        }
        catch (Exception fault) when (fault is IOException or StoreFault)
        {
            throw new CliFailure($"node {started.Name} cannot go on: {fault.Message}");
        }
        return 1;
    }

    static ILoggerFactory Logs() => LoggerFactory.Create(builder => builder
        .AddConsole(console => console.FormatterName = LogLine.Name)
        .AddConsoleFormatter<LogLine, ConsoleFormatterOptions>()
        .AddFilter<ConsoleLoggerProvider>(null, LogLevel.Information)
        .Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace));

    static async Task<ApiServer> ListenAsync(KubernetesApi api, IPEndPoint at)
    {
        try
        {
            return await ApiServer.StartAsync(api, at.Port);
        }
        catch (IOException taken)
        {
            throw new CliFailure($"cannot listen on {at} for the API: {taken.Message} Name another with --api 127.0.0.1:PORT");
        }
    }

    static async Task<GossipNode> StartAsync(GossipOptions options, ILoggerFactory logs)
    {
        var node = new GossipNode(Options.Create(options), logs);
        try
        {
            await node.StartAsync(CancellationToken.None);
            return node;
        }
        catch (OptionsValidationException wrong)
        {
            throw new CliFailure("the node cannot start:", 2, wrong.Failures);
        }
        catch (StoreFault unusable)
        {
            throw new CliFailure(unusable.Message);
        }
        catch (GossipStartException refused) when (refused.Option == nameof(GossipOptions.AcceptLoss))
        {
            throw new CliFailure($"the node does not start: {refused.Message}", DamagedAndAlone,
            [
                "gossip doctor --data DIR          what is damaged, and what is left",
                "gossip run --join HOST:PORT ...   brings back from a node that lives what is missing here",
                "gossip run --accept-loss ...      goes on with what is left",
            ]);
        }
        catch (GossipStartException refused)
        {
            throw new CliFailure(WordsOf(refused));
        }
    }

    /// <summary>What is wrong, and which option of the command line mends it.</summary>
    public static string WordsOf(GossipStartException refused) => $"the node cannot start: {refused.Message} "
        + (refused.Option == nameof(GossipOptions.Name) ? "(--name)" : "(--bind, --port; port 0 is any that is free)");
}
