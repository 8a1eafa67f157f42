using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Gossip.Cli.Demo;

namespace Gossip.Bench.Idle;

/// <summary>
/// What a real node costs while nothing happens: five processes of <c>gossip run</c> on loopback that have found each
/// other. Linux only, since it reads /proc. Answers 1 when a node misses an aim.
/// </summary>
static class IdleBench
{
    const int Nodes = 5;
    const double MostCpu = 1, MostResident = 110, MostPrivate = 40; // % of a core, MB, MB

    static readonly TimeSpan Settling = TimeSpan.FromSeconds(5), Window = TimeSpan.FromSeconds(20), Patience = TimeSpan.FromSeconds(60);

    public static Command Create()
    {
        var json = Options.Json();
        var command = new Command("idle", "What five real nodes cost while nothing happens") { json };
        command.SetAction((parsed, _) => RunAsync(parsed.GetValue(json)));
        return command;
    }

    static async Task<int> RunAsync(bool asJson)
    {
        var folder = Directory.CreateTempSubdirectory("gossip-idle-").FullName;
        var nodes = new List<IdleNode>();
        try
        {
            var ports = FreePorts.Take(Nodes);
            for (var i = 0; i < Nodes; i++) nodes.Add(IdleNode.Start($"node-{i + 1}", folder, ports[i], ports[0]));
            using var patience = new CancellationTokenSource(Patience);
            foreach (var node in nodes) await node.AgreesAsync(Nodes, patience.Token);
            await Task.Delay(Settling, CancellationToken.None);

            var clock = Stopwatch.StartNew();
            var before = nodes.ConvertAll(node => node.Read());
            await Task.Delay(Window, CancellationToken.None);
            var seconds = clock.Elapsed.TotalSeconds;
            var costs = nodes.ConvertAll(node => node.Read()).Zip(before, nodes).Select(read => Cost.Between(read.Third.Name, read.Second, read.First, seconds)).ToList();
            Print(costs, seconds, asJson);
            return costs.All(cost => cost.MeetsAims) ? 0 : 1;
        }
        finally
        {
            foreach (var node in nodes) await node.DisposeAsync();
            Directory.Delete(folder, recursive: true);
        }
    }

    static void Print(List<Cost> costs, double seconds, bool asJson)
    {
        if (asJson)
        {
            Console.WriteLine(JsonSerializer.Serialize(new { seconds, aims = new { cpu = MostCpu, resident = MostResident, @private = MostPrivate }, nodes = costs }, Json));
            return;
        }
        Line("node", "% of a core", "resident MB", "private MB", "wake-ups/s");
        foreach (var cost in costs) Line(cost.Node, Text(cost.Cpu, 2), Text(cost.Resident, 1), Text(cost.Private, 1), Text(cost.WakeUps, 0));
        Line("at most", Text(MostCpu, 2), Text(MostResident, 1), Text(MostPrivate, 1), "");
        Console.WriteLine(costs.All(cost => cost.MeetsAims) ? "every node meets the aims" : "not every node meets the aims");
    }

    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    static void Line(string node, string cpu, string resident, string own, string wakes) =>
        Console.WriteLine($"{node,-8} {cpu,12} {resident,12} {own,12} {wakes,12}");

    static string Text(double value, int digits) => value.ToString("F" + digits, CultureInfo.InvariantCulture);

    /// <param name="Cpu">Percent of one core.</param>
    /// <param name="Resident">MB, shared pages of the runtime's files among them.</param>
    /// <param name="Private">MB that this process alone has.</param>
    /// <param name="WakeUps">Times a second that a thread of the node went to sleep by itself.</param>
    sealed record Cost(string Node, double Cpu, double Resident, double Private, double WakeUps)
    {
        public bool MeetsAims => Cpu <= MostCpu && Resident <= MostResident && Private <= MostPrivate;

        public static Cost Between(string node, NodeReading from, NodeReading to, double seconds) => new(
            node, Math.Round(100 * (to.Cpu - from.Cpu).TotalSeconds / seconds, 2), Megabytes(to.Resident), Megabytes(to.Private),
            Math.Round((to.Sleeps - from.Sleeps) / seconds, 1));

        static double Megabytes(long bytes) => Math.Round(bytes / 1048576.0, 1);
    }
}
