namespace Brood.Bench.Peers;

/// <summary>Without arguments the empty program, the floor of every start; else one call, for a process each.</summary>
internal static class Program
{
    private static int Main(string[] args)
    {
        if (args.Length == 0)
        {
            return 0;
        }
        switch (args[0])
        {
            case "wait":
                Thread.Sleep(Timeout.Infinite);
                return 0;
            case "hang":
                return Work.Hang(0);
            case "increment":
                Answer(BitConverter.GetBytes(Work.Increment(int.Parse(args[1]))));
                return 0;
            case "piece":
                Answer(BitConverter.GetBytes(Work.Piece(uint.Parse(args[1]))));
                return 0;
            case "increment-all":
                IncrementAll();
                return 0;
            case "echo":
                Echo();
                return 0;
            default:
                return 2;
        }
    }

    private static void Answer(ReadOnlySpan<byte> bytes)
    {
        using Stream output = Console.OpenStandardOutput();
        output.Write(bytes);
    }

    private static void IncrementAll()
    {
        using Stream input = Console.OpenStandardInput();
        using MemoryStream received = new();
        input.CopyTo(received);
        int[] values = new int[received.Length / sizeof(int)];
        Buffer.BlockCopy(received.GetBuffer(), 0, values, 0, values.Length * sizeof(int));
        byte[] answer = new byte[values.Length * sizeof(int)];
        Buffer.BlockCopy(Work.IncrementAll(values), 0, answer, 0, answer.Length);
        Answer(answer);
    }

    private static void Echo()
    {
        using Stream input = Console.OpenStandardInput();
        using MemoryStream received = new();
        input.CopyTo(received);
        Answer(received.GetBuffer().AsSpan(0, (int)received.Length));
    }
}
