using System.Collections.Immutable;
using Gossip.Core.Ports;
using Gossip.Runtimes.Pods;
using Gossip.Runtimes.Processes.Isolation;
using Gossip.Runtimes.Processes.Network;
using Gossip.Runtimes.Volumes;

namespace Gossip.Runtimes.Processes;

/// <summary>What a pod has before its first container: an address, volumes, and when it is isolated what its containers share.</summary>
sealed class PodPreparer(ProcessContext context, PodRemover remover)
{
    sealed class PrepareError(string reason, string message) : Exception(message)
    {
        public string Reason => reason;
    }

    /// <inheritdoc cref="IPodRuntime.PrepareAsync"/>
    public async Task PrepareAsync(PodLaunch launch, ImmutableArray<VolumeFiles> files, CancellationToken cancel)
    {
        var run = launch.Pod;
        if (context.Pods.TryGetValue(run, out var known))
        {
            context.Reports.Report(new PodPrepared(run, known.Ip));
            return;
        }
        var folder = PodFolder.Of(context.Root, run);
        await context.Turns.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            if (launch.Template.AllContainers.FirstOrDefault(container => !PodFolder.IsName(container.Name)) is { } nameless)
                throw new PrepareError("InvalidSpec", $"'{nameless.Name}' cannot be the name of a container");
            var pod = await PrepareAsync(launch, folder).ConfigureAwait(false);
            try
            {
                pod.Volumes.Create(files);
                pod.HostPorts = HostPorts.Open(launch.Template, pod.Ip, context.Options.HostAddress);
            }
            catch
            {
                await remover.FreeAsync(folder, pod.Ip).ConfigureAwait(false);
                throw;
            }
            context.Pods[run] = pod;
            context.Reports.Report(new PodPrepared(run, pod.Ip));
        }
        catch (Exception fault) when (fault is PrepareError or VolumeError or HostPortError or IOException or UnauthorizedAccessException)
        {
            context.Reports.Report(new PodFailed(run, ReasonOf(fault), fault.Message));
        }
        finally
        {
            context.Turns.Release();
        }
    }

    static string ReasonOf(Exception fault) => fault switch
    {
        PrepareError error => error.Reason,
        VolumeError => "FailedMount",
        HostPortError => "HostPortConflict",
        _ => "StorageError",
    };

    async Task<ProcessPod> PrepareAsync(PodLaunch launch, PodFolder folder)
    {
        while (true)
        {
            var ip = launch.Template.HostNetwork ? context.Options.HostAddress
                : context.Addresses.Take() ?? throw new PrepareError("NoAddress", "all pod addresses of this node are in use");
            try
            {
                folder.Write(new PodFile(ip, launch));
                if (!context.Isolates) return new ProcessPod(launch, ip, folder, sandbox: null);
                var (sandbox, problem) = await IsolateAsync(launch, folder, ip).ConfigureAwait(false);
                if (sandbox is not null) return new ProcessPod(launch, ip, folder, sandbox);
                await remover.EndGroupAsync(Path.GetFileName(folder.Path)).ConfigureAwait(false);
                if (PodNetwork.IsTaken(problem)) continue; // another node of this machine has it; ours will not try it again
                throw new PrepareError("FailedCreatePodSandBox", problem);
            }
            catch
            {
                await remover.FreeAsync(folder, ip).ConfigureAwait(false);
                throw;
            }
        }
    }

    async Task<(PodSandbox? Sandbox, string Problem)> IsolateAsync(PodLaunch launch, PodFolder folder, string ip)
    {
        var group = context.Groups!.Group(Path.GetFileName(folder.Path));
        group.Create();
        group.LimitProcesses(launch.Template.PidsLimit);
        new PodMemory(folder).Mount();
        return await PodSandbox.StartAsync(
            folder, PodHostname.Of(launch), launch.Template.HostNetwork ? null : ip).ConfigureAwait(false);
    }
}
