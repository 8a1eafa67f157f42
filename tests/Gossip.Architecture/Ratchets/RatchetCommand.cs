namespace Gossip.Architecture.Ratchets;

/// <summary>
/// `… -- ratchets`: lowers the numbers in ratchets.txt that went down. `… -- ratchets FOLDER [COLUMN]`: names every place that counts.
/// </summary>
static class RatchetCommand
{
    public const string Hint = "`dotnet run --project tests/Gossip.Architecture -- ratchets`";

    public static int Run(string[] words)
    {
        if (words.Length == 0)
        {
            RatchetFile.Lower();
            return 0;
        }
        foreach (var measure in Measure.All.Where(each => words.Length < 2 || each.Column == words[1]))
        {
            var found = measure.Find(words[0]).OrderByDescending(each => each.Size);
            foreach (var each in found) Console.WriteLine($"{each.Where}: {each.What}");
        }
        return 0;
    }
}
