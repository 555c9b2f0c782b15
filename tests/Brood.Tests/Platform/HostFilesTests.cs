namespace Brood.Platform;

public sealed class HostFilesTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("brood-ü-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_file_exists_and_a_folder_or_nothing_does_not()
    {
        string file = Path.Combine(_folder.FullName, "a b");
        File.WriteAllText(file, "");

        Assert.True(HostFiles.Exists(file));
        Assert.False(HostFiles.Exists(_folder.FullName));
        Assert.False(HostFiles.Exists(file + "c"));
    }

    [Fact]
    public void The_process_path_is_the_framework_s() => Assert.Equal(Environment.ProcessPath, HostFiles.ProcessPath());
}
