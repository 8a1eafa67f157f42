using System.ComponentModel;
using System.Globalization;
using Gossip.Core.Membership;
using Gossip.Core.Primitives;
using Gossip.Node.Sealing;

namespace Gossip.Node.Configuration;

/// <summary>
/// Lets the framework's own binder (<c>section.Bind(options)</c>) read what is no plain text or number. Without them it leaves such an
/// option as it was, and says nothing.
/// </summary>
static class OptionConverters
{
    public static void Register()
    {
        TypeDescriptor.AddAttributes(typeof(Keyring), new TypeConverterAttribute(typeof(KeyringConverter)));
        TypeDescriptor.AddAttributes(typeof(Resources), new TypeConverterAttribute(typeof(ResourcesConverter)));
        TypeDescriptor.AddAttributes(typeof(NodeTimings), new TypeConverterAttribute(typeof(TimingsConverter)));
    }

    /// <summary>From text only.</summary>
    abstract class FromText : TypeConverter
    {
        public sealed override bool CanConvertFrom(ITypeDescriptorContext? context, Type sourceType) => sourceType == typeof(string);
        public sealed override object ConvertFrom(ITypeDescriptorContext? context, CultureInfo? culture, object value) =>
            Read((string)value);

        /// <exception cref="FormatException">Says what is wrong.</exception>
        protected abstract object Read(string text);
    }

    sealed class KeyringConverter : FromText
    {
        protected override object Read(string text) => Keyring.Parse(text);
    }

    sealed class ResourcesConverter : FromText
    {
        protected override object Read(string text) =>
            ResourceText.TryRead(text, MachineFacts.Resources(), out var resources, out var problem) ? resources
                : throw new FormatException(problem);
    }

    sealed class TimingsConverter : FromText
    {
        protected override object Read(string text) => Profile(text) ?? throw new FormatException(NoProfile(text));
    }

    /// <summary>A profile by its name; null for none.</summary>
    public static NodeTimings? Profile(string name) => name.ToUpperInvariant() switch
    {
        "LAN" => NodeTimings.Lan,
        "LOCAL" => NodeTimings.Local,
        _ => null,
    };

    public static string NoProfile(string name) => $"there is no profile '{name}'; there are Lan, Local";
}
