namespace Gossip.Node;

/// <summary>
/// Code that the cluster places and keeps running. A new object is made for each run, from a scope of the app's services that ends with
/// the run: ask for what it needs in the constructor.
/// </summary>
public interface IWorkload
{
    /// <summary>
    /// Works until the token is cancelled. To return early is an end, to throw is a crash: see <see cref="RestartPolicy"/>.
    /// </summary>
    /// <param name="context">Which copy this is, and where.</param>
    /// <param name="stop">Cancelled when this run is to end: clean up and return, within <see cref="WorkloadOptions.StopWithin"/>.</param>
    Task RunAsync(WorkloadContext context, CancellationToken stop);
}
