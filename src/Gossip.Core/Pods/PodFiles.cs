using Gossip.Core.Templates;

namespace Gossip.Core.Pods;

/// <summary>Which files the runtime was last given for a pod, and of which template they were made.</summary>
sealed class PodFiles
{
    PodTemplate? madeOf; // null when they are to be made anew

    /// <summary>Of the files that the runtime was last given; 0 for a survivor, of whose files nothing is known.</summary>
    public ulong Hash { get; private set; }

    public bool AreMadeOf(PodTemplate template) => ReferenceEquals(madeOf, template);

    /// <summary>Made, or tried to be made, of the labels and objects of this template.</summary>
    public void MadeOf(PodTemplate template) => madeOf = template;

    public void Given(ulong hash) => Hash = hash;

    /// <summary>An object that they are made of has changed.</summary>
    public void Outdated() => madeOf = null;
}
