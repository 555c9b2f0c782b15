namespace Brood;

public class PlaceholderTests
{
    [Fact]
    public void The_library_has_its_name() => Assert.Equal("Brood", typeof(Callable).Assembly.GetName().Name);
}
