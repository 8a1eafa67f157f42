using System.Diagnostics;

namespace Gossip.Cli;

/// <summary>
/// How to start this very program again: as an executable, as one published into a single file, or as <c>dotnet gossip.dll</c>.
/// </summary>
static class SelfProcess
{
    public static ProcessStartInfo With(params string[] args)
    {
        var host = Environment.ProcessPath ?? throw new CliFailure("this system does not tell where the running program is");
        var info = new ProcessStartInfo(host) { RedirectStandardOutput = true, RedirectStandardError = true };
        // In a single file assemblies have no place of their own; beside 'dotnet' they are where the program's files are.
        if (Path.GetFileNameWithoutExtension(host) == "dotnet")
            info.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, $"{typeof(SelfProcess).Assembly.GetName().Name}.dll"));
        foreach (var arg in args) info.ArgumentList.Add(arg);
        return info;
    }
}
