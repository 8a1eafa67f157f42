using System.Net;
using System.Security.Cryptography;
using System.Text;
using Gossip.Node.Sealing;

namespace Gossip.Cli;

/// <summary>Where a node's key comes from.</summary>
static class ClusterKey
{
    public const string Variable = "GOSSIP_KEY";

    /// <summary>
    /// The given key, else that of the file, else of the environment. Without any, a node on loopback takes one that follows
    /// from the cluster's label: fit for trying things out on one machine, and refused on any other address.
    /// </summary>
    public static Keyring Find(string? key, string? file, IPAddress bind, string cluster)
    {
        if (key is not null && file is not null) throw new CliFailure("give --key or --key-file, not both", 2);
        if (key is not null) return Parse(key, "--key");
        if (file is not null) return Parse(Read(file), $"--key-file {file}");
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } variable) return Parse(variable, $"${Variable}");
        if (!IPAddress.IsLoopback(bind))
            throw new CliFailure($"a node on {bind} needs the cluster's key: make one with 'gossip keygen > cluster.key', "
                + "and give every node --key-file cluster.key", 2);
        return Parse(Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes($"gossip on loopback: {cluster}"))), "the loopback key");
    }

    static Keyring Parse(string text, string source) =>
        Keyring.TryParse(text.Trim(), out var keyring, out var error) ? keyring : throw new CliFailure($"{source}: {error}", 2);

    static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new CliFailure($"--key-file {file}: {unreadable.Message}", 2);
        }
    }
}
