using Gossip.Core.Pods.Configuration;
using Gossip.Core.Ports;
using Gossip.Core.Templates;
using Gossip.Runtimes.Volumes;

namespace Gossip.Runtimes.Processes.Containers;

/// <summary>
/// A container as a plain process of the machine. Its mounts cannot appear where the manifest says, so they appear
/// below its working folder: <c>/data</c> is <c>$GOSSIP_ROOT/data</c>, in isolated pods as well, where the variable is empty.
/// </summary>
static class PlainContainer
{
    /// <exception cref="StartError">It cannot be started here.</exception>
    public static async Task StartAsync(ContainerStart asked, ContainerSpec spec, ContainerFolder folder, PodVolumes volumes, string lease)
    {
        var variables = PodEnvironment.Build(asked, folder.Path, folder.WorkPath);
        var directory = Directory(spec, folder);
        var program = Executable.Find(Expansion.Expand(spec.Command[0], variables), variables["PATH"], directory);
        var privileges = Privileges.Plain(spec.Security);
        foreach (var mount in spec.Mounts) Link(folder.WorkPath + "/" + mount.Path.Trim('/'), volumes.Source(mount), mount);
        var command = CleanStart.Of([program, .. ContainerShell.Arguments(spec, variables)], variables);
        await ContainerShell.StartAsync(
            folder, asked.Attempt, [.. privileges, .. command], directory, folder.Input(spec), variables, lease: lease)
            .ConfigureAwait(false);
    }

    /// <exception cref="StartError">It does not exist.</exception>
    public static string Directory(ContainerSpec spec, ContainerFolder folder)
    {
        if (spec.WorkingDirectory is not { Length: > 0 } directory) return folder.WorkPath;
        if (!Path.IsPathRooted(directory)) throw new StartError(StartError.NotUsable, $"workingDir '{directory}' is not an absolute path");
        return System.IO.Directory.Exists(directory) ? directory : throw new StartError(StartError.NotUsable, $"workingDir '{directory}' is not a directory on this node");
    }

    static void Link(string link, string target, VolumeMount mount)
    {
        var old = new FileInfo(link);
        if (old.LinkTarget is not null) old.Delete();
        else if (Path.Exists(link)) throw new StartError(StartError.NotUsable, $"mountPath '{mount.Path}': '{link}' is in the way");
        System.IO.Directory.CreateDirectory(Path.GetDirectoryName(link)!);
        File.CreateSymbolicLink(link, target);
    }
}
