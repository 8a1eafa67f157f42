namespace Gossip.Core.Pods.Departures;

/// <summary>A verdict: a pod leaves this node, and why. <c>PodEnder.Depart</c> performs it.</summary>
/// <param name="Reason">For the pod's status; empty where the status stays as it is.</param>
/// <param name="Message">For people.</param>
readonly record struct Departure(string Reason, string Message)
{
    /// <summary>Another copy stands, and this one is not needed.</summary>
    public static Departure NotNeeded => new("", "");

    /// <summary>The most grace that the pod gets; null for as much as it asks for.</summary>
    public TimeSpan? GraceMost { get; init; }

    /// <summary>For how long this node does not bid for the pod's next run; null when it may at once.</summary>
    public TimeSpan? HoldBack { get; init; }

    /// <summary>It is one of the pod's notes as well, which others show as events.</summary>
    public bool IsNoted { get; init; }

    /// <summary>The tables say already that nobody wants this run, so the status need not say that it drains.</summary>
    public bool IsOver { get; init; }

    /// <summary>The status is written before anything else: also of a pod that has not begun yet, whose admission goes at once.</summary>
    public bool IsToldFirst { get; init; }
}
