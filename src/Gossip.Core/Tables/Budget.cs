using Gossip.Core.Primitives;

namespace Gossip.Core.Tables;

/// <summary>A live budget with its count of pods. Mutable, owned by <see cref="BudgetBook"/>.</summary>
sealed class Budget
{
    internal Budget(Uid uid, ObjectName name, DisruptionBudget says)
    {
        Uid = uid;
        Name = name;
        Says = says;
    }

    public Uid Uid { get; }
    public ObjectName Name { get; }
    public DisruptionBudget Says { get; internal set; }
    internal int Expected { get; set; }
    internal int Healthy { get; set; }

    /// <summary>A budget that selects nothing asks for nothing; one without a number forbids everything, as in Kubernetes.</summary>
    public BudgetStatus Status => new(Healthy, Says.Problem.Length > 0 || Says is { MinAvailable: null, MaxUnavailable: null } ? Expected : Says.DesiredHealthy(Expected), Expected);

    internal bool Selects(string @namespace, Labels labels) =>
        string.Equals(@namespace, Name.Namespace, StringComparison.Ordinal) && Says.Selector is { } selector && selector.Matches(labels);
}

/// <summary>Whether a pod may be disrupted on purpose, and what forbids it.</summary>
enum DisruptionAnswer : byte
{
    Allowed,
    /// <summary>Its budget has none to spare.</summary>
    Forbidden,
    /// <summary>More than one budget selects it: Kubernetes refuses such evictions, for nobody can say which counts.</summary>
    Ambiguous,
}

/// <param name="Counts">It takes one of the budget's disruptions; false for what is not healthy, or has no budget.</param>
/// <param name="Budget">Which decided; null when none selects the pod.</param>
readonly record struct DisruptionVerdict(DisruptionAnswer Answer, bool Counts, Budget? Budget)
{
    public bool IsAllowed => Answer == DisruptionAnswer.Allowed;

    /// <summary>Why not, in Kubernetes' words; empty when it may.</summary>
    public string Why => Answer switch
    {
        DisruptionAnswer.Allowed => "",
        DisruptionAnswer.Ambiguous => "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.",
        _ when Budget!.Says.Problem.Length > 0 => $"The disruption budget {Budget.Name.Name} cannot be read: {Budget.Says.Problem}",
        _ => string.Create(System.Globalization.CultureInfo.InvariantCulture,
            $"The disruption budget {Budget.Name.Name} needs {Budget.Status.DesiredHealthy} healthy pods and has {Budget.Status.CurrentHealthy} currently"),
    };
}
