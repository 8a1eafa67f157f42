using System.CommandLine;
using Gossip.Cli.Display;
using Gossip.Node.Sealing;

namespace Gossip.Cli.Verbs;

/// <summary>A fresh key for a cluster's seal.</summary>
static class KeygenVerb
{
    public static Command Create()
    {
        var command = new Command("keygen", """
            Prints a fresh key. Give the same one to every node of a cluster, and to nobody else.

            Examples:
              gossip keygen > cluster.key
              gossip run --key-file cluster.key
            """);
        command.SetAction(_ => Output.Line(Keyring.Generate().Reveal()));
        return command;
    }
}
