using System.Diagnostics;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Gossip.Bench.Idle;
using Gossip.Cli.Demo;
using Gossip.Runtimes.Processes;

namespace Gossip.Bench.ProcessPods;

/// <summary>A hundred pods that one real node is given at once, as a Deployment.</summary>
static class HundredPods
{
    const int Pods = 100;
    const string Deployment = """
        {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"many"},"spec":{"replicas":100,"selector":{"matchLabels":{"app":"many"}},
         "template":{"metadata":{"labels":{"app":"many"}},"spec":{"runtimeClassName":"process","terminationGracePeriodSeconds":1,
          "containers":[{"name":"main","command":["sleep","100000"]}]}}}}
        """;

    static readonly TimeSpan Settling = TimeSpan.FromSeconds(5), Patience = TimeSpan.FromSeconds(120);

    /// <returns>Seconds until all are Running, and how much more private memory the node has then, in MB.</returns>
    public static async Task<(double Seconds, double Megabytes)> MeasureAsync(ProcessIsolation isolation)
    {
        var folder = Directory.CreateTempSubdirectory("gossip-hundred-");
        var port = FreePorts.Take();
        var node = IdleNode.Start("one", folder.FullName, port, port, "--process-isolation", isolation.ToString().ToLowerInvariant());
        try
        {
            using var patience = new CancellationTokenSource(Patience);
            await node.AgreesAsync(1, patience.Token);
            await Task.Delay(Settling, patience.Token);
            var before = node.Read();
            using var http = new HttpClient { BaseAddress = new Uri(await node.Api) };
            var clock = Stopwatch.GetTimestamp();
            using (var answer = await http.PostAsync("/apis/apps/v1/namespaces/default/deployments", new StringContent(Deployment, Encoding.UTF8, "application/json"), patience.Token))
                answer.EnsureSuccessStatusCode();
            // One small answer a look: a list of a hundred pods ten times a second would be most of what is measured.
            while (await AvailableAsync(http, patience.Token) < Pods) await Task.Delay(100, patience.Token);
            var seconds = Stopwatch.GetElapsedTime(clock).TotalSeconds;
            await Task.Delay(Settling, patience.Token);
            return (seconds, (node.Read().Private - before.Private) / 1048576.0);
        }
        finally
        {
            await node.DisposeAsync();
            await ProcessRuntime.EndAllAsync(folder.FullName);
            folder.Delete(recursive: true);
        }
    }

    static async Task<int> AvailableAsync(HttpClient http, CancellationToken cancel)
    {
        var deployment = await http.GetFromJsonAsync<JsonElement>("/apis/apps/v1/namespaces/default/deployments/many", cancel);
        return deployment.TryGetProperty("status", out var status) && status.TryGetProperty("readyReplicas", out var ready) ? ready.GetInt32() : 0;
    }
}
