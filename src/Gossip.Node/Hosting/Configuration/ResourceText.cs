using System.Globalization;
using Gossip.Core.Primitives;

namespace Gossip.Node.Configuration;

/// <summary>
/// What a node has to give, as text: <c>cpu=2,memory=4Gi,pods=50,example.com/fpga=2</c>, in Kubernetes' quantities (as the kubelet's
/// --kube-reserved).
/// </summary>
static class ResourceText
{
    /// <param name="otherwise">What is not named stays as it is here.</param>
    /// <param name="problem">Names the part that is wrong; empty when none is.</param>
    public static bool TryRead(string text, Resources otherwise, out Resources resources, out string problem)
    {
        resources = otherwise;
        problem = "";
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var at = part.IndexOf('=', StringComparison.Ordinal);
            if (at <= 0) problem = $"'{part}' is not NAME=QUANTITY, as cpu=2 or memory=4Gi";
            else if (Take(part[..at].Trim(), part[(at + 1)..].Trim(), ref resources) is { } wrong) problem = $"{part[..at]}: {wrong}";
            if (problem.Length > 0) return false;
        }
        return true;
    }

    static string? Take(string name, string quantity, ref Resources into)
    {
        long value;
        string? problem;
        switch (name.ToLowerInvariant())
        {
            case "cpu":
                if (!Quantity.TryReadMilli(quantity, out value, out problem)) return problem;
                into = into with { Cpu = new MilliCpu(value) };
                return null;
            case "memory":
                if (!Quantity.TryReadWhole(quantity, out value, out problem)) return problem;
                into = into with { Memory = new Bytes(value) };
                return null;
            case "disk" or "ephemeral-storage":
                if (!Quantity.TryReadWhole(quantity, out value, out problem)) return problem;
                into = into with { Disk = new Bytes(value) };
                return null;
            case "pods":
                if (!int.TryParse(quantity, NumberStyles.None, CultureInfo.InvariantCulture, out var pods))
                    return $"'{quantity}' is not a whole number";
                into = into with { Pods = pods };
                return null;
        }
        if (!name.Contains('/', StringComparison.Ordinal))
            return "there is no such resource; there are cpu, memory, ephemeral-storage, pods, and any with a domain, as a.b/fpga";
        if (!Quantity.TryReadWhole(quantity, out value, out problem)) return problem;
        var others = into.Extended.IsDefault ? [] : into.Extended.RemoveAll(resource => resource.Name == name);
        into = into with { Extended = [.. others.Add(new ExtendedResource(name, value)).OrderBy(resource =>
            resource.Name, StringComparer.Ordinal)] };
        return null;
    }
}
