namespace Gossip.Architecture.Ratchets;

/// <summary>One place that breaks a rule of style.</summary>
/// <param name="Where">File and line, from the repository's root.</param>
/// <param name="What">What is there, in a few words.</param>
/// <param name="Size">How far it goes: the longest are named first.</param>
readonly record struct Offence(string Where, string What, int Size = 0);
