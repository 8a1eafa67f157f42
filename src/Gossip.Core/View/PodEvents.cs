using Gossip.Core.Tables;

namespace Gossip.Core.View;

/// <summary>
/// Which changes of a pod's status are events. Every node sees the same rows and so shows the same; what only the pod's own node
/// saw (pulls, probes, hooks) comes with the notes in its status.
/// </summary>
/// <param name="note">Whether it is a warning, reason, message, how often.</param>
sealed class PodEvents(Action<bool, string, string, int> note)
{
    public void Compare(AdmissionStatus? before, AdmissionStatus after)
    {
        foreach (var told in after.Notes) Compare(Find(before, told), told);
        foreach (var container in after.Containers) Compare(Find(before, container.Name), container);
        if (IsFirstToWait(before, after) is { } waiting) note(true, waiting.Reason, waiting.Message, 1);
        if (after.Reason.Length > 0 && after.Reason != before?.Reason) note(true, after.Reason, Words(after.Reason, after.Message), 1);
    }

    void Compare(PodNote? before, PodNote after)
    {
        var since = before is { } was && was.Count <= after.Count ? after.Count - was.Count : after.Count;
        if (since == 0) return;
        var message = after.Container.Length == 0 || after.Message.Contains(after.Container, StringComparison.Ordinal) ? after.Message : $"{after.Message} (container {after.Container})";
        note(after.Reason is not ("Pulling" or "Pulled" or "Killing"), after.Reason, message, since);
    }

    void Compare(ContainerState? before, ContainerState after)
    {
        var isAnother = before is null || after.Restarts > before.Value.Restarts;
        if (after.Stage == ContainerStage.Running && (isAnother || before is not { Stage: ContainerStage.Running }))
        {
            note(false, "Created", $"Created container {after.Name}", 1);
            note(false, "Started", $"Started container {after.Name}", 1);
        }
        if (after.Stage != ContainerStage.Waiting || !isAnother && before!.Value.Reason == after.Reason) return;
        if (after.Reason == "CrashLoopBackOff") note(true, "BackOff", Words($"Back-off restarting failed container {after.Name}", after.Message), 1);
        else if (after.Reason == "ImagePullBackOff") note(true, "BackOff", after.Message, 1);
    }

    /// <summary>All containers of a pod wait for what it depends on: one of them tells.</summary>
    static ContainerState? IsFirstToWait(AdmissionStatus? before, AdmissionStatus after)
    {
        const string Waiting = PodReasons.WaitingForDependencies;
        foreach (var state in after.Containers)
            if (state.Reason == Waiting && state.Stage == ContainerStage.Waiting) return Find(before, state.Name) is { Reason: Waiting } ? null : state;
        return null;
    }

    static ContainerState? Find(AdmissionStatus? status, string container)
    {
        foreach (var state in status?.Containers ?? [])
            if (string.Equals(state.Name, container, StringComparison.Ordinal)) return state;
        return null;
    }

    static PodNote? Find(AdmissionStatus? status, PodNote same)
    {
        foreach (var told in status?.Notes ?? [])
            if (told.Reason == same.Reason && told.Container == same.Container && told.Subject == same.Subject) return told;
        return null;
    }

    static string Words(string what, string detail) => detail.Length == 0 ? what : $"{what}: {detail}";
}
