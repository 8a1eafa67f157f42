namespace Gossip.Runtimes.Processes;

/// <summary>
/// Bounds the logs of containers: what is over the limit is copied to <c>log.1</c> and the log is cut to nothing. The
/// container has it open for appending, so it simply goes on at the start, and needs no pump that would cost a copy
/// of every byte and die with the node.
/// </summary>
/// <remarks>
/// The price: lines written between the copy and the cut are lost, a log grows past the limit between two looks, and
/// while the node is down nobody looks.
/// </remarks>
static class LogRotation
{
    public const long DefaultLimit = 10 << 20; // Kubernetes' containerLogMaxSize
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    public static void Rotate(ContainerFolder folder, long limit)
    {
        if (new FileInfo(folder.LogPath) is not { Exists: true } log || log.Length <= limit) return;
        File.Copy(folder.LogPath, folder.OldLogPath, overwrite: true);
        using var cut = new FileStream(folder.LogPath, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        cut.SetLength(0);
    }
}
