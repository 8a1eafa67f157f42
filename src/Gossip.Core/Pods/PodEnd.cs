using Gossip.Core.Primitives;

namespace Gossip.Core.Pods;

/// <summary>How far the end of a pod is: its grace, what its runtime was asked, and what it told.</summary>
sealed class PodEnd
{
    TimeSpan? graceMost;

    /// <summary>When the grace is over; null until the pod is to end.</summary>
    public Instant? Due { get; private set; }

    /// <summary>The pod has hooks or sidecars, which end one after another before the rest.</summary>
    public bool InOrder { get; private set; }

    /// <summary>The runtime was asked to free the pod; a finished pod that is told to stop needs no second asking.</summary>
    public bool StopAsked { get; private set; }

    /// <summary>All of the pod ended, and its runtime keeps the logs.</summary>
    public bool Rests { get; private set; }

    /// <summary>The runtime says that nothing of the pod is left.</summary>
    public bool IsGone { get; private set; }

    /// <summary>The end cannot wait for longer than this, whatever grace the pod asks for.</summary>
    public void BoundGrace(TimeSpan most) => graceMost = most;

    /// <summary>The pod is to end. When it was to end already, its grace can only become shorter.</summary>
    /// <param name="inOrder">It has hooks or sidecars; counts the first time.</param>
    public void Begin(TimeSpan grace, bool inOrder, Instant now)
    {
        if (graceMost < grace) grace = graceMost.Value;
        if (Due is null) InOrder = inOrder;
        if (Due is null || now + grace < Due) Due = now + grace;
        InOrder &= grace > TimeSpan.Zero;
    }

    public void AskedToStop() => StopAsked = true;

    /// <summary>The runtime's engine was gone meanwhile, and with it what was asked.</summary>
    public void ForgetAsking() => StopAsked = false;

    public void Rest() => Rests = true;

    public void Gone() => IsGone = true;
}
