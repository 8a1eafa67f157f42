using Microsoft.Extensions.Logging;

namespace Gossip.Node;

/// <summary>What one run of one copy of a workload is told. Immutable; tests may make their own.</summary>
public sealed record WorkloadContext
{
    /// <summary>The workload's name.</summary>
    public required string Workload { get; init; }

    /// <summary>Which copy: from 0, and the same wherever it runs. After scaling down the numbers may have gaps.</summary>
    public required int Ordinal { get; init; }

    /// <summary>How many copies the cluster wanted when this run began.</summary>
    public required int Copies { get; init; }

    /// <summary>The name under which <c>kubectl</c> and <see cref="IGossip.WhyAsync"/> know this copy.</summary>
    public required string PodName { get; init; }

    /// <summary>How often the copy has been placed, this time included: from 1, and never twice the same in one cluster.</summary>
    public required long Run { get; init; }

    /// <summary>How often it started anew in this place: from 0.</summary>
    public required int Restarts { get; init; }

    /// <summary>The host's name in the cluster.</summary>
    public required string Node { get; init; }

    /// <summary>A scope of the app's services, which ends with the run.</summary>
    public required IServiceProvider Services { get; init; }

    /// <summary>Of the category <c>Gossip.Workload.NAME</c>.</summary>
    public required ILogger Logger { get; init; }
}
