using System.Collections.Immutable;
using System.Globalization;

namespace Gossip.Core.Explain;

/// <summary>Nodes that refuse a pod for one cause.</summary>
/// <param name="Cause">Of many: <c>lack cpu</c>, <c>refuse taint gpu=true:NoSchedule</c>.</param>
/// <param name="Nearest">The node that misses by the least; empty where all are alike.</param>
/// <param name="Near">By how much: <c>lacks 0.5 cpu</c>.</param>
sealed record RefusalGroup(string Cause, int Nodes, string Nearest, string Near)
{
    /// <summary><c>3 lack cpu (nearest: node-4 lacks 0.5 cpu)</c>; of one node in the singular.</summary>
    public override string ToString()
    {
        var cause = Nodes == 1 ? Singular(Cause) : Cause;
        return string.Create(CultureInfo.InvariantCulture, $"{Nodes} {cause}{(Near.Length == 0 ? "" : $" (nearest: {Nearest} {Near})")}");
    }

    static string Singular(string cause)
    {
        var end = cause.IndexOf(' ', StringComparison.Ordinal);
        var verb = end < 0 ? cause : cause[..end];
        var one = verb switch { "are" => "is", "have" => "has", "lack" => "lacks", "refuse" => "refuses", "do" => "does", _ => verb };
        return (end < 0 ? one : one + cause[end..]).Replace(" their ", " its ", StringComparison.Ordinal);
    }
}

/// <summary>Why nobody runs a pod: every live node counted once, under the first rule that keeps the pod away from it.</summary>
/// <param name="Nodes">How many are live.</param>
/// <param name="Fit">How many nothing is known against.</param>
/// <param name="Refusals">What time may help first, and what it cannot last.</param>
/// <param name="Hopeless">What no node could help: terms that contradict each other, pods that wait for each other. Empty: nothing of the kind.</param>
sealed record Diagnosis(int Nodes, int Fit, ImmutableArray<RefusalGroup> Refusals, string Hopeless)
{
    /// <summary><c>0 of 12 nodes: 3 lack cpu (nearest: node-4 lacks 0.5 cpu); 7 are not in zone a</c></summary>
    public string Words => Text(string.Create(CultureInfo.InvariantCulture, $"{Fit} of {Nodes} nodes"), "; ", "");

    /// <summary>The same as kube-scheduler begins it: <c>0/12 nodes are available: 3 lack cpu (…), 7 are not in zone a.</c></summary>
    public string Line => Text(string.Create(CultureInfo.InvariantCulture, $"{Fit}/{Nodes} nodes are available"), ", ", ".");

    string Text(string head, string between, string end)
    {
        var refusals = Nodes == 0 ? "none is live" : string.Join(between, Refusals);
        return $"{head}{(refusals.Length == 0 ? "" : ": ")}{refusals}{end}{(Hopeless.Length == 0 ? "" : $"{(end.Length == 0 ? ";" : "")} {Hopeless}")}";
    }
}
