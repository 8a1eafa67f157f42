namespace Gossip.Cli.Demo;

/// <summary>One step of the demo: what was to hold, whether it did, what was seen.</summary>
sealed record DemoStep(string What, bool Held, string Seen);

/// <summary>What was measured, in seconds, beside the aim.</summary>
sealed record DemoFigure(string Name, double Seconds, double Aim)
{
    public bool Met => Seconds <= Aim;
}

/// <summary>The whole demo, as <c>--json</c> prints it.</summary>
sealed record DemoReport(bool Held, IReadOnlyList<DemoStep> Steps, IReadOnlyList<DemoFigure> Figures, string? Failure)
{
    public double TotalSeconds { get; init; }
}
