namespace Gossip.Node.Store;

/// <summary>
/// The data folder cannot be used. After one of these nothing more is written: what a failed write or fsync left on
/// the disk is unknown until the log is read again. The message says what to do.
/// </summary>
sealed class StoreFault(string message, Exception? cause = null) : IOException(message, cause)
{
    const int NoSpace = 28, QuotaExceeded = 122; // ENOSPC, EDQUOT

    internal static bool IsFull(Exception fault) => fault is IOException { HResult: NoSpace or QuotaExceeded or unchecked((int)0x80070070) };

    internal static StoreFault Writing(string folder, Exception fault) => new(
        IsFull(fault)
            ? $"the disk of the data folder {folder} is full; free some space and start the node again"
            : $"the data folder {folder} cannot be used: {fault.Message}. "
                + "A node acknowledges nothing that may be lost; look at the disk and its file system, "
                + "and start the node again when they are well", fault);
}
