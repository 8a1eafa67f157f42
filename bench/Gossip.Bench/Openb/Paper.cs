namespace Gossip.Bench.Openb;

/// <summary>
/// What central schedulers with a perfect, fresh view reached on these traces, mean of ten seeds: Weng et al., "Beware of
/// Fragmentation", USENIX ATC 2023, and its repository.
/// </summary>
static class Paper
{
    public static readonly string[] Policies = ["Random", "DotProd", "Clustering", "Packing", "BestFit", "FGD"];

    /// <summary>Device allocation in percent at 100 and at 130 % arrived demand, in the order of <see cref="Policies"/>; null for a trace that is not the paper's.</summary>
    public static (double At100, double At130)[]? Of(string trace) => trace switch
    {
        "default" => [(86.30, 87.47), (90.62, 90.85), (91.65, 91.88), (91.78, 92.00), (92.86, 93.08), (95.23, 95.39)],
        "cpu100" => [(87.44, 89.11), (91.73, 91.95), (92.41, 92.64), (92.49, 92.72), (93.26, 93.44), (95.21, 95.35)],
        "gpushare40" => [(84.86, 86.00), (89.30, 89.56), (89.76, 90.02), (89.77, 90.03), (91.44, 91.69), (93.96, 94.15)],
        "gpuspec20" => [(85.90, 87.24), (88.29, 89.97), (89.11, 92.24), (89.28, 92.94), (88.46, 93.30), (94.66, 94.84)],
        "multigpu30" => [(86.63, 89.27), (93.11, 93.28), (94.55, 94.72), (94.70, 94.87), (94.57, 94.72), (96.36, 96.46)],
        _ => null,
    };
}
