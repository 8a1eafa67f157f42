namespace Gossip.Simulation.Checkers;

internal static class CheckerSet
{
    /// <summary>Every rule that is watched, each by a checker of its own.</summary>
    public static Checker[] For(World world) =>
    [
        new OvercommitChecker(world),
        new WinnerChecker(world),
        new RefusalChecker(world),
        new ReservationChecker(world),
        new AddressChecker(world),
        new ViewChecker(world),
        new GangChecker(world),
        new LastCopyChecker(world),
        new SingletonChecker(world),
        new MakingWayChecker(world),
        new BudgetChecker(world),
        new PreemptionChecker(world),
        new MergeOrderChecker(world),
        new LiveDotsChecker(world),
        new ResurrectionChecker(world),
        new ForgottenRemovalsChecker(world),
        new OldEpochChecker(world),
        new MintedOnceChecker(world),
        new BurialChecker(world),
        new LifeChecker(world),
    ];
}
