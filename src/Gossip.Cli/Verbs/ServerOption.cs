using System.CommandLine;

namespace Gossip.Cli.Verbs;

/// <summary>Which node a verb talks to: any will do.</summary>
static class ServerOption
{
    public const string Default = "http://127.0.0.1:8080";
    public const string Variable = "GOSSIP_SERVER";

    public static Option<string> Create() => new("--server", "-s")
    {
        Description = $"A node's API; any node will do. Also ${Variable}",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable(Variable) ?? Default,
    };

    public static Option<bool> Json() => new("--json") { Description = "JSON for machines" };
}
