namespace Brood.Options;

public class MapResultTests
{
    [Fact]
    public void A_result_shows_its_value()
    {
        var result = new MapResult<int>(3, 7, null);
        Assert.True(result.Succeeded);
        Assert.Equal("MapResult { Index = 3, Succeeded = True, Value = 7 }", result.ToString());
    }

    [Fact]
    public void A_failed_item_shows_its_error_and_has_no_value()
    {
        var result = new MapResult<int>(3, 0, new InvalidDataException("Not a number."));
        Assert.False(result.Succeeded);
        Assert.Equal("MapResult { Index = 3, Succeeded = False, Error = System.IO.InvalidDataException: Not a number. }", result.ToString());
        Assert.Contains("Item 3 has no value: Not a number.", Assert.Throws<InvalidOperationException>(() => result.Value).Message);
    }

    [Fact]
    public void The_default_value_is_the_result_of_nothing()
    {
        Assert.False(default(MapResult<int>).Succeeded);
        Assert.Throws<InvalidOperationException>(() => default(MapResult<int>).Value);
        Assert.Equal("MapResult { Index = 0, Succeeded = False }", default(MapResult<int>).ToString());
        Assert.NotEqual(default, new MapResult<int>(0, 0, null));
    }
}
