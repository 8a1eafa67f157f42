using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;

namespace Gossip.Core.Pods.Probing;

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
    public Instant? DueAt { get; private set; }

    /// <summary>As many in a row as the manifest asks for. A liveness probe passes until it fails.</summary>
    public bool Passes { get; private set; } = purpose == ActionPurpose.Liveness;

    /// <summary>Too many in a row.</summary>
    public bool Fails => failures >= spec.Failures;

    /// <summary>Says when it is due for the first time.</summary>
    public Instant FirstDue(Instant at)
    {
        DueAt = at;
        return at;
    }

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
