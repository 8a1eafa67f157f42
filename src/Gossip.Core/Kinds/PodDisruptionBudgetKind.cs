namespace Gossip.Core.Kinds;

/// <summary>How many of the pods that it selects must stay when somebody moves pods on purpose.</summary>
sealed class PodDisruptionBudgetKind : ObjectKind
{
    public const string Kind = "PodDisruptionBudget";

    public override KindRole Role => KindRole.Budget;
}
