namespace Brood.WorkerEntry;

/// <summary>Brood.Worker.dll: the Main of workers that are started as a program of their own, among the files of the host's program.</summary>
internal static class Program
{
    private static void Main(string[] arguments) => Workers.Serving.WorkerMain.Run(arguments.Length == 1 ? arguments[0] : null);
}
