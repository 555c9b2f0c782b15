using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Brood.Repository;

/// <summary>What the documentation of an option calls the default is what a new options object has.</summary>
public partial class DocumentedDefaultsTests
{
    private static readonly XElement[] s_members =
        [.. XDocument.Load(Path.ChangeExtension(typeof(Callable).Assembly.Location, ".xml")).Descendants("member")];

    public static TheoryData<string, string> Options => [.. typeof(Callable).Assembly.GetExportedTypes()
        .Where(type => type.Name.EndsWith("Options", StringComparison.Ordinal) && type.GetConstructor([]) is not null)
        .SelectMany(type => type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            // Options inside options say their defaults themselves.
            .Where(property => property.CanWrite && !property.PropertyType.Name.EndsWith("Options", StringComparison.Ordinal))
            .Select(property => (type.FullName!, property.Name)))];

    [Theory]
    [MemberData(nameof(Options))]
    public void The_documented_default_is_the_default(string type, string option)
    {
        object options = Activator.CreateInstance(typeof(Callable).Assembly.GetType(type)!)!;
        object? actual = options.GetType().GetProperty(option)!.GetValue(options);
        string documented = DefaultIn(Value(type, option))
            ?? throw new InvalidOperationException($"{type}.{option}: its <value> does not say 'The default is …'.");
        Assert.True(Means(documented, actual), $"{type}.{option}: the documentation says {documented}, a new object has {actual ?? "null"}.");
    }

    [Fact]
    public void All_kinds_of_options_are_looked_at() => Assert.Superset(
        new HashSet<string> { typeof(CallOptions).FullName!, typeof(WorkerOptions).FullName!, typeof(WorkerPoolOptions).FullName! },
        Options.Select(row => row.Data.Item1).ToHashSet());

    [Theory]
    [InlineData("The default is 10,000.", "10,000")]
    [InlineData("From 1 up. The default is 2 seconds; zero kills.", "2 seconds")]
    [InlineData("The default is null: none.", "null")]
    [InlineData("In bytes.", null)]
    public void A_default_is_read_out_of_the_sentence(string value, string? expected) => Assert.Equal(expected, DefaultIn(value));

    [Theory]
    [InlineData("2 seconds", "00:00:02", true)]
    [InlineData("2 seconds", "00:00:03", false)]
    [InlineData("System.TimeSpan.Zero", "00:00:00", true)]
    [InlineData("100 milliseconds", "00:00:00.1", true)]
    public void A_time_is_compared_by_its_length(string documented, string actual, bool isSame) =>
        Assert.Equal(isSame, Means(documented, TimeSpan.Parse(actual, CultureInfo.InvariantCulture)));

    [Theory]
    [InlineData("0", 0, true)]
    [InlineData("10,000", 10_000, true)]
    [InlineData("1", 0, false)]
    [InlineData("true", true, true)]
    [InlineData("null", null, true)]
    [InlineData("null", 0, false)]
    [InlineData("System.Int32.MaxValue", int.MaxValue, true)]
    public void A_value_is_compared_by_what_it_is(string documented, object? actual, bool isSame) => Assert.Equal(isSame, Means(documented, actual));

    private static string Value(string type, string option)
    {
        XElement? value = s_members.FirstOrDefault(member => (string?)member.Attribute("name") == $"P:{type}.{option}")?.Element("value");
        return value is null ? "" : string.Concat(value.Nodes().Select(Words)).ReplaceLineEndings(" ");
    }

    /// <summary>The name in a reference, or the text.</summary>
    private static string Words(XNode node) => node is XElement element
        ? ((string?)element.Attribute("cref"))?[2..] ?? (string?)element.Attribute("langword") ?? element.Value
        : node.ToString();

    private static string? DefaultIn(string value) => DefaultSentence().Match(value) is { Success: true } match ? match.Groups[1].Value.Trim() : null;

    private static bool Means(string documented, object? actual)
    {
        if (documented == "null" || actual is null)
        {
            return documented == "null" && actual is null;
        }
        if (documented.Split(' ') is [var count, var unit] && actual is TimeSpan time)
        {
            double number = double.Parse(count, CultureInfo.InvariantCulture);
            return time == unit.TrimEnd('s') switch
            {
                "millisecond" => TimeSpan.FromMilliseconds(number),
                "second" => TimeSpan.FromSeconds(number),
                "minute" => TimeSpan.FromMinutes(number),
                "hour" => TimeSpan.FromHours(number),
                _ => throw new FormatException($"'{unit}' is no unit that this test knows."),
            };
        }
        if (Member(documented) is { } member)
        {
            return Equals(member, actual);
        }
        return actual is IConvertible && documented.Replace(",", "") == Convert.ToString(actual, CultureInfo.InvariantCulture)!.ToLowerInvariant();
    }

    /// <summary>The value of a constant or a static property, written as Namespace.Type.Member.</summary>
    private static object? Member(string name)
    {
        int dot = name.LastIndexOf('.');
        Type? type = dot < 0 ? null : typeof(object).Assembly.GetType(name[..dot]) ?? typeof(Callable).Assembly.GetType(name[..dot]);
        return type?.GetField(name[(dot + 1)..])?.GetValue(null) ?? type?.GetProperty(name[(dot + 1)..])?.GetValue(null);
    }

    // A dot ends it only before a space or the end: names and numbers have dots, too.
    [GeneratedRegex(@"\b[Tt]he default is (.+?)(?:[;:]|\.(?=\s|$)|$)")]
    private static partial Regex DefaultSentence();
}
