using System.Diagnostics;

namespace Gossip.Cli;

/// <summary>How to start this very program again, whether it runs as an executable or as <c>dotnet gossip.dll</c>.</summary>
static class SelfProcess
{
    public static ProcessStartInfo With(params string[] args)
    {
        var host = Environment.ProcessPath ?? throw new CliFailure("this system does not tell where the running program is");
        var info = new ProcessStartInfo(host) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = false };
        if (Path.GetFileNameWithoutExtension(host) == "dotnet") info.ArgumentList.Add(typeof(SelfProcess).Assembly.Location);
        foreach (var arg in args) info.ArgumentList.Add(arg);
        return info;
    }
}
