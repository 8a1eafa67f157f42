using System.CommandLine;
using Gossip.Cli.Client;
using Gossip.Cli.Display;
using Gossip.Cli.Verbs;

namespace Gossip.Cli;

/// <summary>All verbs, one file each in <c>Verbs/</c>, and the one place where a failure becomes words and an exit code.</summary>
static class CommandLine
{
    /// <summary>When set, a bug shows its stack.</summary>
    const string TraceVariable = "GOSSIP_TRACE";

    /// <summary>0 done; 1 tried and failed; 2 asked wrongly; 130 interrupted; 141 nobody reads. exec: the command's own.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        var parsed = Root().Parse(args);
        if (parsed.Errors.Count > 0) return Refuse(parsed);
        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = TimeSpan.FromSeconds(20), // a node may take ten to leave
            });
        }
        catch (CliFailure failure)
        {
            Output.Note(failure.Message);
            foreach (var detail in failure.Details) Output.Detail(detail);
            return failure.ExitCode;
        }
        catch (OperationCanceledException)
        {
            return 130;
        }
        catch (NobodyReads)
        {
            return 141; // 128 + SIGPIPE, as other programs end then
        }
        catch (Exception bug) when (Environment.GetEnvironmentVariable(TraceVariable) is null)
        {
            Output.Note($"a bug in Gossip ({bug.GetType().Name}): {bug.Message}. Set {TraceVariable}=1 to see where, and please report it");
            return 1;
        }
    }

    /// <summary>Every verb with its options.</summary>
    public static RootCommand Root() => new("""
        Gossip: many machines as one computer, with no machine in charge.

        Examples:
          gossip demo                                  five nodes on this machine, two of them lost, all told in a minute
          gossip run --name a                          a node; then: kubectl get nodes
          gossip run --name b --port 7374 --api 127.0.0.1:8081 --join 127.0.0.1:7373
          gossip apply -f examples/manifests/hello.yaml
          gossip plan -f examples/manifests/hello.yaml where it would all go, and what would not fit
          gossip why hello-1234abcd-0
          gossip logs -f hello-1234abcd-0
          gossip exec -it hello-1234abcd-0 -- sh
        """)
    {
        RunVerb.Create(), DemoVerb.Create(), ApplyVerb.Create(), PlanVerb.Create(),
        MembersVerb.Create(), VotersVerb.Create(), WhyVerb.Create(),
        LogsVerb.Create(), ExecVerb.Create(), AttachVerb.Create(), CpVerb.Create(), TopVerb.Create(),
        DrainVerb.Create(), UncordonVerb.Create(),
        DoctorVerb.Create(), BackupVerb.Create(), SimVerb.Create(), KeygenVerb.Create(), HelloVerb.Create(),
    };

    static int Refuse(ParseResult parsed)
    {
        foreach (var error in parsed.Errors) Output.Note(error.Message);
        var verb = string.Concat(parsed.CommandResult.Command.Parents.OfType<Command>().Prepend(parsed.CommandResult.Command)
            .Where(command => command is not RootCommand).Reverse().Select(command => $"{command.Name} "));
        Output.Note($"see 'gossip {verb}--help'");
        return 2;
    }
}
