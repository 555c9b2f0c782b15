namespace Brood.Calls;

public class CapturedInStateMachinesTests
{
    [Fact]
    public async Task Async_lambdas_send_what_they_read_before_and_after_an_await()
    {
        int before = 1;
        int after = 2;
        int unread = 3;
        Func<int, Task<int>> f = async x =>
        {
            int sum = before + x;
            await Task.Yield();
            return sum + after;
        };
        Func<int> other = () => unread;
        Assert.Equal("after before", Crossing.Names(f));
        Assert.Equal(13, await Crossing.Of(f)(10));
        Func<Task<int>> value = async () => await new ValueTask<int>(after);
        Assert.Equal("after", Crossing.Names(value));
        Assert.Equal(3, other());
    }

    [Fact]
    public async Task Async_local_functions_with_captures_are_followed()
    {
        int before = 1;
        int after = 2;
        int unread = 3;
        async Task<int> Inner(int x)
        {
            try
            {
                await Task.Yield();
                return x + before;
            }
            finally
            {
                after++;
            }
        }
        Func<int, Task<int>> f = async x => await Inner(x) + after;
        Func<int> other = () => unread;
        Assert.Equal("after before", Crossing.Names(f));
        Assert.Equal(14, await Crossing.Of(f)(10));
        Func<int, Task<int>> group = Inner;
        Assert.Equal("after before", Crossing.Names(group));
        Assert.Equal(11, await Crossing.Of(group)(10));
        Assert.Equal(3, other());
    }

    [Fact]
    public async Task Lambdas_in_async_lambdas_and_scopes_in_them_are_followed()
    {
        int outer = 1;
        int unread = 3;
        Func<int, Task<int>> f = async x =>
        {
            int sum = 0;
            for (int i = 0; i < x; i++)
            {
                int turn = i;
                Func<int> inner = () => turn + outer;
                await Task.Yield();
                sum += inner();
            }
            return sum;
        };
        Func<int> other = () => unread;
        Assert.Equal("outer", Crossing.Names(f));
        Assert.Equal(6, await Crossing.Of(f)(3));
        Assert.Equal(3, other());
    }

    [Fact]
    public async Task Iterators_send_what_they_read_also_in_finally()
    {
        int count = 3;
        int last = 99;
        int unread = 1;
        List<int> seen = [];
        IEnumerable<int> Numbers()
        {
            try
            {
                for (int i = 0; i < count; i++)
                {
                    yield return i;
                }
            }
            finally
            {
                seen.Add(last);
            }
        }
        async IAsyncEnumerable<int> Later()
        {
            foreach (int number in Numbers())
            {
                await Task.Yield();
                yield return number * last;
            }
        }
        Func<IEnumerable<int>> f = Numbers;
        Func<IAsyncEnumerable<int>> g = () => Later();
        Func<int> other = () => unread;
        Assert.Equal("count last seen", Crossing.Names(f));
        Assert.Equal([0, 1, 2], Crossing.Of(f)());
        Assert.Equal("count last seen", Crossing.Names(g));
        List<int> later = [];
        await foreach (int number in Crossing.Of(g)())
        {
            later.Add(number);
        }
        Assert.Equal([0, 99, 198], later);
        Assert.Equal(1, other());
    }

    [Fact]
    public async Task Generic_async_lambdas_are_followed()
    {
        static Func<Task<(T, U)>> Make<T, U>(T first, U second, T unread)
        {
            Func<T> other = () => unread;
            GC.KeepAlive(other);
            return async () =>
            {
                await Task.Yield();
                return (first, second);
            };
        }
        Assert.Equal("first second", Crossing.Names(Make("a", 1, "b")));
        Assert.Equal(("a", 1), await Crossing.Of(Make("a", 1, "b"))());
    }
}
