namespace Gossip.Node.Store;

/// <summary>
/// Room on the disk that is set aside while there is some, and given back when there is none: so that a node whose disk is full can
/// still write down what it gives up. Allocated, not written.
/// </summary>
sealed class Reserve(string folder)
{
    public const string FileName = "reserve";

    /// <summary>Of withdrawals and removals, about 200 bytes each: 20,000 of them.</summary>
    const long Size = 4 << 20;

    readonly string path = Path.Combine(folder, FileName);

    public bool IsHeld { get; private set; }

    /// <summary>False when the disk has not so much.</summary>
    public bool TryTake()
    {
        if (IsHeld) return true;
        try
        {
            OwnerOnly.OpenAllocated(path, Size).Dispose();
        }
        catch (IOException)
        {
            Remove(); // .NET has a message for a full disk here, and no number
            return false;
        }
        return IsHeld = true;
    }

    /// <summary>Its room is free for others.</summary>
    public void GiveBack()
    {
        IsHeld = false;
        Remove();
    }

    void Remove()
    {
        if (File.Exists(path)) File.Delete(path);
    }
}
