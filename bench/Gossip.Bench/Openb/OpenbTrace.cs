using System.Collections.Immutable;
using System.Globalization;
using Gossip.Core.Membership;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;

namespace Gossip.Bench.Openb;

/// <summary>
/// Traces of the form of openb's (cluster-trace-gpu-v2023): a list of nodes and lists of pods, as CSV with a header. None
/// of it is part of this project; a folder is an argument. Columns are found by name; a list may leave out gpu_spec.
/// </summary>
sealed class OpenbTrace(string name, ImmutableArray<NodeCard> nodes, ImmutableArray<PodTemplate> pods)
{
    const string PodList = "_pod_list_", NodeList = "_node_list_";

    /// <summary>More than any node here could hold: the trace has no bound on pods.</summary>
    const int PodsMost = 4096;

    public string Name => name;
    public ImmutableArray<NodeCard> Nodes => nodes;

    /// <summary>To draw from; the index is the shape's hash.</summary>
    public ImmutableArray<PodTemplate> Pods => pods;

    public long DeviceMilli { get; } = nodes.Sum(node => node.Allocatable.Devices.Free);

    public static long DemandOf(PodTemplate pod) => pod.Device is { } device ? (long)device.Count * device.Milli : 0;

    /// <summary>Every trace in a folder, <c>default</c> first.</summary>
    /// <exception cref="FormatException">A file is not of the form; names it and the line.</exception>
    public static IEnumerable<OpenbTrace> ReadAll(string folder, string? only)
    {
        var files = Directory.GetFiles(folder, "*.csv").OrderBy(file => file, StringComparer.Ordinal).ToArray();
        var nodeFile = files.FirstOrDefault(file => file.Contains(NodeList, StringComparison.Ordinal)) ?? throw new FormatException($"{folder}: no file *{NodeList}*.csv");
        var nodes = Rows(nodeFile).Select(row => Node(row)).ToImmutableArray();
        var found = files.Where(file => file.Contains(PodList, StringComparison.Ordinal)).Select(file => (File: file, Name: NameOf(file)))
            .Where(trace => only is null || trace.Name == only).OrderBy(trace => trace.Name != "default").ToArray();
        if (found.Length == 0) throw new FormatException($"{folder}: no file *{PodList}{only ?? "*"}.csv");
        foreach (var (file, trace) in found) yield return new OpenbTrace(trace, nodes, [.. Rows(file).Select((row, index) => Pod(row, index))]);
    }

    /// <summary>
    /// Another cluster of the same form: a random two thirds of the nodes, and every kind of pod made up to eight times rarer or
    /// more frequent. To try a setting on without having seen the traces that it will be judged by.
    /// </summary>
    public OpenbTrace Reshaped(int seed)
    {
        var random = new RandomStream((ulong)seed);
        var some = nodes.Where(_ => random.Below(3) < 2).ToImmutableArray();
        var weights = new Dictionary<(long, DeviceRequest?), int>();
        var others = ImmutableArray.CreateBuilder<PodTemplate>();
        foreach (var pod in pods)
        {
            var kind = (pod.Requests.Cpu.Value, pod.Device);
            if (!weights.TryGetValue(kind, out var copies)) weights.Add(kind, copies = 1 << random.Below(4));
            for (var i = 0; i < copies; i++) others.Add(pod);
        }
        return new OpenbTrace($"{name}~{seed}", some, others.ToImmutable());
    }

    static string NameOf(string file) =>
        Path.GetFileNameWithoutExtension(file) is var bare ? bare[(bare.IndexOf(PodList, StringComparison.Ordinal) + PodList.Length)..] : "";

    static IEnumerable<Row> Rows(string file)
    {
        string[]? header = null;
        var line = 0;
        foreach (var text in File.ReadLines(file))
        {
            line++;
            if (header is null) header = text.Split(',');
            else if (text.Length > 0) yield return new Row($"{file}:{line}", header, text.Split(','));
        }
    }

    static NodeCard Node(Row row)
    {
        var devices = (int)row.Number("gpu");
        return new NodeCard(row.Text("sn"), NodeAddress.V4(1, 1), Labels.Empty, [],
            Room(row, PodsMost) with { Devices = devices == 0 ? Devices.None : Devices.WholeOnes("gpu", row.Text("model"), devices) }, [RuntimeNames.Process], "");
    }

    static PodTemplate Pod(Row row, int index)
    {
        var count = (int)row.Number("num_gpu");
        var models = row.Text("gpu_spec") is { Length: > 0 } spec
            ? spec.Split('|').Distinct(StringComparer.Ordinal).OrderBy(model => model, StringComparer.Ordinal).ToImmutableArray()
            : [];
        var milli = count > 1 ? DeviceRequest.Whole : (int)row.Number("gpu_milli");
        return new PodTemplate((ulong)index, Labels.Empty, Labels.Empty, [], Room(row, 1), Labels.Empty, [], [], RuntimeNames.Process, "", PodRestartPolicy.Never, default, null)
        {
            Device = count == 0 || milli == 0 ? null : new DeviceRequest("gpu", count, milli, models),
        };
    }

    static Resources Room(Row row, int pods) =>
        new(new MilliCpu(row.Number("cpu_milli")), new Bytes(row.Number("memory_mib") << 20), default, pods, []);

    readonly record struct Row(string Where, string[] Header, string[] Cells)
    {
        /// <summary>Empty when the list has no such column.</summary>
        public string Text(string column) => Array.IndexOf(Header, column) is >= 0 and var at && at < Cells.Length ? Cells[at] : "";

        public long Number(string column) => long.TryParse(Text(column), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new FormatException($"{Where}: {column} is \"{Text(column)}\", not a whole number");
    }
}
