using System.Globalization;
using Gossip.Core.Primitives;
using Gossip.Runtimes.Volumes;

namespace Gossip.Runtimes.Pods;

/// <summary>A pod on disk: <c>pods/RUN/pod.json</c>, <c>pods/RUN/containers/NAME/</c> and <c>pods/RUN/volumes/NAME/</c>.</summary>
sealed class PodFolder(string path)
{
    public string Path => path;
    string FilePath => System.IO.Path.Combine(path, "pod.json");
    public string ContainersPath => System.IO.Path.Combine(path, "containers");

    public static PodFolder Of(string root, PodRun pod) => new(System.IO.Path.Combine(root, string.Create(
        CultureInfo.InvariantCulture, $"{pod.Pod.Workload}-{pod.Pod.Ordinal}-{pod.Pod.Template:x16}-{pod.Epoch}")));

    public string ContainerPath(string name) => System.IO.Path.Combine(ContainersPath, name);
    public string VolumePath(string name) => System.IO.Path.Combine(path, "volumes", name);

    /// <summary>True when the name can be a folder's, and only below this one.</summary>
    public static bool IsName(string name) =>
        name.Length is > 0 and <= 253 && name is not ("." or "..") && !name.AsSpan().ContainsAny('/', '\0');

    public void Write(PodFile file)
    {
        OwnerOnly.CreateFolder(ContainersPath);
        file.Write(FilePath);
    }

    public PodFile? TryRead() => PodFile.TryRead(FilePath);

    /// <summary>Removes it with its volumes, those in memory too. What remains, the next start finds.</summary>
    /// <param name="note">Takes why something remains.</param>
    public void Delete(Action<NodeNote>? note)
    {
        try
        {
            MemoryMounts.UnmountBelow(path);
            Directory.Delete(path, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // Somebody did it for us.
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            note?.Invoke(new NodeNote(NoteLevel.Warning, "PodFolderRemains", path, fault.Message));
        }
    }
}
