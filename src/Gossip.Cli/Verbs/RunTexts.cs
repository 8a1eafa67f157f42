using System.Globalization;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;
using NodeDevices = Gossip.Core.Primitives.Devices;
using NodeResources = Gossip.Core.Primitives.Resources;

namespace Gossip.Cli.Verbs;

/// <summary>Reads the values of <c>gossip run</c>'s options. Each throws a <see cref="CliFailure"/> that names the option.</summary>
static class RunTexts
{
    public static Uri? Engine(string option, string text) => text == "none" ? null
        : Uri.TryCreate(text, UriKind.Absolute, out var endpoint) && endpoint.Scheme is "unix" or "tcp" or "http" or "https" ? endpoint
        : throw new CliFailure($"{option} '{text}' is neither none nor an address such as unix:///var/run/docker.sock", 2);

    public static (string Key, string Value) Label(string text) => text.IndexOf('=') is > 0 and var at
        ? (text[..at], text[(at + 1)..])
        : throw new CliFailure($"--label '{text}' is not key=value", 2);

    public static Taint Taint(string text) => TaintReader.TryParse(text, out var taint)
        ? taint
        : throw new CliFailure($"--taint '{text}' is not key=value:NoSchedule, :PreferNoSchedule or :NoExecute", 2);

    public static (string Score, int Weight) Weight(string text) =>
        text.LastIndexOf('=') is > 0 and var at
        && int.TryParse(text.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var weighs)
            ? (text[..at], weighs)
            : throw new CliFailure($"--score-weight '{text}' is not NAME=N with a whole number", 2);

    public static Devices Devices(string text)
    {
        var kinds = NodeDevices.Kinds;
        var parts = text.Split(':');
        return parts.Length == 3 && kinds.Contains(parts[0]) && parts[1].Length > 0
            && int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && count is > 0 and <= NodeDevices.InGroupMost
            ? NodeDevices.WholeOnes(parts[0], parts[1], count)
            : throw new CliFailure($"--device '{text}' is not KIND:MODEL:COUNT with a kind of {string.Join(", ", kinds)} "
                + $"and 1 to {NodeDevices.InGroupMost} of them", 2);
    }

    public static Resources Resources(Resources machine, string? cpu, string? memory, int? pods, string? bandwidth)
    {
        string problem;
        if (cpu is not null)
        {
            if (!Quantity.TryReadMilli(cpu, out var milli, out problem)) throw Wrong("--cpu", problem);
            machine = machine with { Cpu = new MilliCpu(milli) };
        }
        if (memory is not null)
        {
            if (!Quantity.TryReadWhole(memory, out var bytes, out problem)) throw Wrong("--memory", problem);
            machine = machine with { Memory = new Bytes(bytes) };
        }
        if (bandwidth is not null)
        {
            if (!Quantity.TryReadWhole(bandwidth, out var bits, out problem))
                throw Wrong("--bandwidth", $"{problem}; in bits a second 1G or 500M");
            machine = machine with { Extended = [new ExtendedResource(NodeResources.Bandwidth, bits)] };
        }
        if (pods < 0) throw new CliFailure($"--pods {pods}: below zero", 2);
        return machine with { Pods = pods ?? machine.Pods };
    }

    static CliFailure Wrong(string option, string problem) => new($"{option}: {problem}", 2);
}
