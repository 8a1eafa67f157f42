namespace Gossip.Core.Scheduling.Preemption;

/// <summary>
/// The preemption that the message under way asked for. The bidder queues it, the pods' keeper ends its victims, and the bidder then
/// admits the winner behind them: all before any other message is handled, so nobody else gets the room meanwhile.
/// </summary>
sealed class PreemptionCommands
{
    PreemptionCommand? asked, performed;

    public void Ask(PreemptionCommand command) => asked = command;

    /// <summary>Once; null when there is none.</summary>
    public PreemptionCommand? TakeAsked()
    {
        var taken = asked;
        asked = null;
        return taken;
    }

    /// <summary>Its victims are being ended.</summary>
    public void Perform(PreemptionCommand command) => performed = command;

    /// <summary>Once; null when there is none.</summary>
    public PreemptionCommand? TakePerformed()
    {
        var taken = performed;
        performed = null;
        return taken;
    }
}
