using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;

namespace Gossip.Core.Pods;

/// <summary>One probe of a container's present attempt: when it is due, and what its answers add up to.</summary>
sealed class KeptProbe(ActionPurpose purpose, Probe spec)
{
    int failures;
    int successes;

    public ActionPurpose Purpose => purpose;
    public Probe Spec => spec;

    /// <summary>Asked, and not answered yet: there is never a second one under way.</summary>
    public bool IsUnderWay { get; private set; }

    /// <summary>Null before it was due at all.</summary>
    public Instant? DueAt { get; set; }

    /// <summary>As many in a row as the manifest asks for. A liveness probe passes until it fails.</summary>
    public bool Passes { get; set; } = purpose == ActionPurpose.Liveness;

    /// <summary>Too many in a row.</summary>
    public bool Fails => failures >= spec.Failures;

    public void Begin(Instant now)
    {
        IsUnderWay = true;
        DueAt = now + spec.Period;
    }

    public void Take(bool passed)
    {
        IsUnderWay = false;
        successes = passed ? successes + 1 : 0;
        failures = passed ? 0 : failures + 1;
        if (passed && successes >= spec.Successes) Passes = true;
        else if (Fails) Passes = false;
    }

    /// <summary>Of a new attempt, or one that was out of sight.</summary>
    public void Reset(bool passes)
    {
        IsUnderWay = false;
        DueAt = null;
        failures = successes = 0;
        Passes = passes || purpose == ActionPurpose.Liveness;
    }
}
