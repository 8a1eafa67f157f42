using Gossip.Core.Primitives;

namespace Gossip.Core.Pods;

/// <summary>
/// Whether a running pod is held because a service that it depends on was lost: its containers end, and start again when the service is
/// back.
/// </summary>
sealed class DependencyHold
{
    Instant? missesSince;

    public bool IsHeld { get; private set; }

    /// <summary>Every service has a ready endpoint.</summary>
    public void MissesNothing() => missesSince = null;

    /// <summary>A service has no ready endpoint; says since when.</summary>
    public Instant Misses(Instant now)
    {
        missesSince ??= now;
        return missesSince.Value;
    }

    public void Hold() => IsHeld = true;

    public void Release()
    {
        IsHeld = false;
        missesSince = null;
    }

    /// <summary>The pod starts anew, so nothing of it has to be ended first.</summary>
    public void StartOver() => IsHeld = false;
}
