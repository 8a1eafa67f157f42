using Gossip.Core.Primitives;
using Gossip.Core.Tables;

namespace Gossip.Core.Pods;

/// <summary>The admission of a kept pod: its row, and what the row says.</summary>
sealed class KeptAdmission
{
    /// <summary>Null for a survivor that has none (yet).</summary>
    public Uid? Row { get; private set; }

    public uint Rank { get; private set; }

    /// <summary>What the row says, or will once the log confirms.</summary>
    public AdmissionStatus Told { get; private set; } = AdmissionStatus.Admitted;
    public Instant ToldAt { get; private set; }

    /// <summary>The bytes of what was told last, or of what the row said when it was taken up.</summary>
    public ReadOnlyMemory<byte> Written { get; private set; }

    /// <summary>How many statuses are on their way to the log.</summary>
    public int Writing { get; private set; }

    /// <summary>A survivor's new admission is on its way to the log.</summary>
    public bool IsBeingWritten { get; private set; }

    /// <param name="written">What its row holds.</param>
    public void Attach(Admission admission, ReadOnlyMemory<byte> written)
    {
        Written = written;
        Row = admission.Uid;
        Rank = admission.Status.Rank;
        Told = admission.Status;
        IsBeingWritten = false;
    }

    public void Detach() => Row = null;

    public void AwaitRow() => IsBeingWritten = true;

    /// <summary>The pod takes the lead among the copies of its slot.</summary>
    public void Lead(uint rank) => Rank = rank;

    public void Tell(AdmissionStatus status, ReadOnlyMemory<byte> written, Instant now)
    {
        Told = status;
        Written = written;
        Writing++;
        ToldAt = now;
    }

    public void Confirm() => Writing--;

    /// <summary>The row says something else than this life wrote.</summary>
    public void Correct(AdmissionStatus held, ReadOnlyMemory<byte> written) => (Told, Written) = (held, written);

    /// <summary>What follows comes in quick succession: it is told together.</summary>
    public void TellTogether(Instant from) => ToldAt = from;
}
