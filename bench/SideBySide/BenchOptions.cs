using System.Globalization;

namespace Brood.Bench;

/// <summary>What the command line asks for.</summary>
internal sealed record BenchOptions
{
    public const string Usage = """
        dotnet run -c Release --project bench/SideBySide -- [options]

          --quick             small sizes and one round: does everything run?
          --rounds N          rounds, of which the median counts (default 5; with --quick 1)
          --only A,B          these scenarios only
          --peers A,B         these peers only; the floor is always run, for the ratios
          --check             compare the ratios with bench/results/baseline.json; exit code 1 if one is worse
          --factor X          how much worse --check lets a ratio be (default 2)
          --save-baseline     write the ratios to bench/results/baseline.json and the tables to bench/README.md
          --list              print the scenarios and the peers
        """;

    public bool Quick { get; init; }

    public int Rounds { get; init; }

    public IReadOnlyList<string> Only { get; init; } = [];

    public IReadOnlyList<string> Peers { get; init; } = [];

    public bool Check { get; init; }

    public double Factor { get; init; } = 2;

    public bool SaveBaseline { get; init; }

    public bool List { get; init; }

    /// <summary>As typed, for the record.</summary>
    public string CommandLine { get; init; } = "";

    /// <exception cref="UsageException">An argument is unknown or incomplete.</exception>
    public static BenchOptions Parse(string[] args)
    {
        BenchOptions options = new()
        {
            CommandLine = string.Join(' ', ["dotnet run -c Release --project bench/SideBySide --", .. args]),
        };
        for (int i = 0; i < args.Length; i++)
        {
            string Value() => ++i < args.Length ? args[i] : throw new UsageException($"{args[i - 1]} needs a value.");
            options = args[i] switch
            {
                "--quick" => options with { Quick = true },
                "--rounds" => options with { Rounds = (int)Positive(Value()) },
                "--only" => options with { Only = Value().Split(',') },
                "--peers" => options with { Peers = Value().Split(',') },
                "--check" => options with { Check = true },
                "--factor" => options with { Factor = Positive(Value()) },
                "--save-baseline" => options with { SaveBaseline = true },
                "--list" => options with { List = true },
                string unknown => throw new UsageException($"'{unknown}' is no option."),
            };
        }
        int rounds = options.Rounds > 0 ? options.Rounds : options.Quick ? 1 : 5;
        return options with { Rounds = rounds };
    }

    private static double Positive(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value > 0
            ? value
            : throw new UsageException($"'{text}' is not a positive number.");
}

/// <summary>The command line cannot be followed; the message says why.</summary>
internal sealed class UsageException(string message) : Exception(message);
