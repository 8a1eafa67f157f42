using Gossip.Core.Pods.Departures;

namespace Gossip.Core.Pods.StartGates;

/// <summary>A start gate's answer: go, wait because of something, or give the place up. <c>default</c> is go.</summary>
readonly record struct GateAnswer
{
    public static GateAnswer Go => default;

    /// <summary>Null for go, and for a pod that gives its place up.</summary>
    public string? Reason { get; private init; }
    public string Message { get; private init; }

    /// <summary>The pod's own status says why it waits, not those of its containers.</summary>
    public bool IsOfPod { get; private init; }

    /// <summary>To wait any longer is in vain; null while it is not.</summary>
    public Departure? GivesUp { get; private init; }

    public bool IsGo => Reason is null && GivesUp is null;

    /// <summary>Each container's status says why.</summary>
    public static GateAnswer Wait(string reason, string message) => new() { Reason = reason, Message = message };

    /// <summary>The pod's status says why.</summary>
    public static GateAnswer PodWaits(string reason, string message) => new() { Reason = reason, Message = message, IsOfPod = true };

    public static GateAnswer GiveUp(Departure because) => new() { GivesUp = because, Message = "" };
}
