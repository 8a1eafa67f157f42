using System.CommandLine;
using System.Globalization;
using Gossip.Node.Transport;

namespace Gossip.Cli.Verbs;

/// <summary>A port as an option, read as strictly as one in an address.</summary>
static class PortOption
{
    /// <param name="least">0 where that lets the system choose, else 1.</param>
    /// <param name="most">Lower where further ports follow the first.</param>
    public static Option<int> Create(string description, int otherwise, int least, int most = ushort.MaxValue) => new("--port")
    {
        Description = description,
        DefaultValueFactory = _ => otherwise,
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (AddressReader.TryReadPort(text, out var port) && port >= least && port <= most) return port;
            result.AddError(string.Create(CultureInfo.InvariantCulture, $"--port '{text}' is not a port ({least} to {most})"));
            return otherwise;
        },
    };
}
