namespace Gossip.Architecture.Folders;

/// <summary>One place where a folder uses a type of another one.</summary>
/// <param name="File">Relative to the project's folder.</param>
/// <param name="Line">Counted from one.</param>
/// <param name="Type">The type that is used.</param>
readonly record struct FolderUse(string From, string To, string File, int Line, string Type);
