using System.Collections.Immutable;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;

namespace Gossip.Core.Scheduling.Preemption;

/// <summary>
/// What the bidder wants of the part that ends pods: end the victims, gracefully, so that the winner can be admitted behind them.
/// The victims' end is in the log before the admission that needs it. See <see cref="PreemptionCommands"/>.
/// </summary>
/// <param name="By">The pod that needs the room.</param>
/// <param name="Victims">In the order in which they are to be ended; possibly none, when others who leave already make enough room.</param>
/// <param name="Why">For the victims' statuses.</param>
sealed record PreemptionCommand(PodRun By, ImmutableArray<PodRun> Victims, string Why)
{
    public required PodTemplate Template { get; init; }

    /// <summary>The devices that the winner gets once the victims are gone; null when it asked for none.</summary>
    public required DeviceGrant? Devices { get; init; }

    /// <summary>At whose cost it was won, for people.</summary>
    public required string Losers { get; init; }

    public required Award Award { get; init; }

    /// <summary>Where the award came from: the verdict goes there.</summary>
    public required NodeAddress From { get; init; }
}
