using Gossip.Cli;
using Gossip.Cli.Verbs;

// Ten of these may start at once on a small machine, so they must not pay for the rest of the program.
return args is ["hello", .. var rest] ? HelloVerb.Run(rest) : await CommandLine.RunAsync(args);
