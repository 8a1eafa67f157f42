using System.CommandLine;

namespace Gossip.Cli.Verbs;

/// <summary>Which pod, and which of its containers, a verb is about.</summary>
static class PodOptions
{
    public static Argument<string> Pod() => new("POD") { Description = "The pod's name" };
    public static Option<string> Namespace() =>
        new("--namespace", "-n") { Description = "Its namespace", DefaultValueFactory = _ => "default" };

    public static Option<string?> Container() =>
        new("--container", "-c") { Description = "Which of its containers; not needed when there is one" };

    public static Option<bool> Stdin() => new("--stdin", "-i") { Description = "Pass on what is typed" };
    public static Option<bool> Terminal() => new("--tty", "-t") { Description = "On a terminal" };

    public static string Path(string ns, string pod, string what, params IEnumerable<(string Name, string? Value)> query) =>
        $"api/v1/namespaces/{Uri.EscapeDataString(ns)}/pods/{Uri.EscapeDataString(pod)}/{what}?{Query(query)}";

    /// <summary>Those that have a value, as a URL's query.</summary>
    public static string Query(params IEnumerable<(string Name, string? Value)> query) =>
        string.Join('&', query.Where(pair => pair.Value is not null).Select(pair => $"{pair.Name}={Uri.EscapeDataString(pair.Value!)}"));

    public static string? If(bool wanted) => wanted ? "true" : null;
}
