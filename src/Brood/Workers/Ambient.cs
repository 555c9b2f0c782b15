using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Brood.Transfer;

namespace Brood.Workers;

/// <summary>What flows with a call besides its arguments: the two cultures and the current activity. Nothing else does.</summary>
internal static class Ambient
{
    /// <summary>What every worker begins with: the user's, whatever this program has set since.</summary>
    private static readonly CultureInfo s_culture = CultureInfo.InstalledUICulture;
    private static readonly AssemblyWatch s_activities = new("System.Diagnostics.DiagnosticSource");

    /// <summary>Whether there is anything to send: usually not, and then a call costs two comparisons more.</summary>
    public static bool IsPresent =>
        (s_activities.IsLoaded && HasActivity())
        || !ReferenceEquals(CultureInfo.CurrentCulture, s_culture)
        || !ReferenceEquals(CultureInfo.CurrentUICulture, s_culture);

    /// <summary>The bytes of <see cref="Write"/>, for calls that are made later and elsewhere; null if there is nothing to send.</summary>
    public static byte[]? Copy()
    {
        if (!IsPresent)
        {
            return null;
        }
        TransferWriter writer = TransferWriter.Rent();
        Write(writer);
        byte[] bytes = writer.Inline.ToArray();
        writer.Return();
        return bytes;
    }

    public static void Write(TransferWriter writer)
    {
        writer.WriteText(CultureInfo.CurrentCulture.Name);
        writer.WriteText(CultureInfo.CurrentUICulture.Name);
        if (!s_activities.IsLoaded)
        {
            writer.WriteText(null);
            return;
        }
        WriteActivity(writer);
    }

    // Apart, so that a host without activities does not load the diagnostics assembly.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool HasActivity() => Activity.Current is not null;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void WriteActivity(TransferWriter writer)
    {
        Activity? activity = Activity.Current;
        writer.WriteText(activity?.Id);
        if (activity?.Id is null)
        {
            return;
        }
        writer.WriteText(activity.TraceStateString);
        var baggage = new List<KeyValuePair<string, string?>>(activity.Baggage);
        writer.WriteVarint((ulong)baggage.Count);
        foreach ((string key, string? value) in baggage)
        {
            writer.WriteText(key);
            writer.WriteText(value);
        }
    }

    /// <summary>Makes what the host sent current on this thread.</summary>
    public static void Enter(ref TransferReader reader)
    {
        CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(reader.ReadText() ?? "");
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(reader.ReadText() ?? "");
        if (reader.ReadText() is { } parent)
        {
            EnterActivity(parent, ref reader);
        }
    }

    // Apart, so that a worker that is not traced does not load the diagnostics assembly.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void EnterActivity(string parent, ref TransferReader reader)
    {
        var activity = new Activity("Brood.Call");
        activity.SetParentId(parent);
        activity.TraceStateString = reader.ReadText();
        for (int left = reader.ReadCount(); left > 0; left--)
        {
            activity.AddBaggage(reader.ReadText()!, reader.ReadText());
        }
        activity.Start();
    }
}
