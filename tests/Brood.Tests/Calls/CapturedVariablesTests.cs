using System.Linq.Expressions;
using System.Reflection;

using Brood.Transfer;

namespace Brood.Calls;

public partial class CapturedVariablesTests
{
    private readonly int _state = 42;

    [Fact]
    public void A_lambda_without_captures_sends_nothing()
    {
        Func<int, int> square = x => x * x;
        Func<int, int> cube = static x => x * x * x;
        Assert.Null(CapturedVariables.Of(square, HandleCodec.Source));
        Assert.Null(CapturedVariables.Of(cube, HandleCodec.Source));
        Assert.Equal(9, Crossing.Of(square)(3));
        Assert.Equal(27, Crossing.Of(cube)(3));
    }

    [Fact]
    public void A_static_method_sends_nothing()
    {
        Assert.Null(CapturedVariables.Of((Func<double, double>)Math.Sqrt, HandleCodec.Source));
        Assert.Equal(3, Crossing.Of((Func<double, double>)Math.Sqrt)(9));
    }

    [Fact]
    public void A_giant_array_that_only_a_sibling_lambda_reads_is_not_sent()
    {
        byte[] giant = new byte[100_000_000];
        int small = 5;
        Func<int> sibling = () => giant.Length;
        Func<int> read = () => small;
        Assert.Equal("small", Crossing.Names(read));
        Assert.Equal("giant", Crossing.Names(sibling));
        Assert.Equal(5, Crossing.Of(read)());
    }

    [Fact]
    public void A_variable_that_is_only_written_is_not_sent()
    {
        Stream? written = null;
        int read = 3;
        Func<int> f = () =>
        {
            written = null;
            return read;
        };
        Assert.Equal("read", Crossing.Names(f));
        Assert.Equal(3, Crossing.Of(f)());
        Assert.Null(written);
    }

    [Fact]
    public void Nested_scopes_send_what_is_read_in_each()
    {
        int outer = 1;
        string unread = "unread";
        Func<string> other = () => unread;
        List<Func<int>> functions = [];
        for (int i = 0; i < 3; i++)
        {
            int middle = i * 10;
            Stream alsoUnread = Stream.Null;
            Func<long> alsoOther = () => alsoUnread.Length;
            {
                int inner = middle * 10;
                functions.Add(() => outer + middle + inner);
            }
            GC.KeepAlive(alsoOther);
        }
        Assert.Equal("inner middle outer", Crossing.Names(functions[2]));
        Assert.Equal(221, Crossing.Of(functions[2])());
        Assert.Equal("unread", other());
    }

    [Fact]
    public void Scopes_that_share_an_outer_one_still_share_it()
    {
        int total = 0;
        Func<int> all = () => 0;
        for (int i = 1; i <= 2; i++)
        {
            int turn = i;
            Func<int> before = all;
            all = () =>
            {
                int sum = before();
                total += turn;
                return sum + total;
            };
        }
        Assert.Equal("before total turn", Crossing.Names(all));
        Assert.Equal(1 + 3, Crossing.Of(all)());
        Assert.Equal(0, total);
    }

    [Fact]
    public void Each_turn_of_a_loop_sends_its_own_variable()
    {
        int shared = 100;
        List<Func<int>> functions = [];
        foreach (int item in (int[])[1, 2, 3])
        {
            functions.Add(() => shared + item);
        }
        Assert.Equal([101, 102, 103], functions.ConvertAll(f => Crossing.Of(f)()));
    }

    [Fact]
    public void Pattern_variables_and_deconstructed_ones_are_sent()
    {
        object value = (7, "seven");
        if (value is (int number, string text) && (number, text.Length) is var (a, b))
        {
            Func<string> f = () => $"{number}{text}{a}{b}";
            Assert.Equal("a b number text", Crossing.Names(f));
            Assert.Equal("7seven75", Crossing.Of(f)());
        }
        else
        {
            Assert.Fail("The pattern did not match.");
        }
    }

    [Fact]
    public void Out_variables_and_parameters_are_sent()
    {
        static Func<int> Make(int parameter, string text) =>
            int.TryParse(text, out int parsed) ? () => parameter * parsed : () => parameter;
        Assert.Equal(12, Crossing.Of(Make(3, "4"))());
    }

    [Fact]
    public void Local_functions_that_call_each_other_send_what_all_of_them_read()
    {
        int step = 2;
        int unread = 9;
        bool IsEven(int n) => n == 0 || IsOdd(n - step + 1);
        bool IsOdd(int n) => n != 0 && IsEven(n - step + 1);
        int Other() => unread;
        Func<int, bool> f = n => IsEven(n);
        Func<int, bool> group = IsOdd;
        Func<int> other = Other;
        Assert.Equal("step", Crossing.Names(f));
        Assert.True(Crossing.Of(f)(8));
        Assert.Equal("step", Crossing.Names(group));
        Assert.False(Crossing.Of(group)(8));
        Assert.Equal("unread", Crossing.Names(other));
    }

    [Fact]
    public void A_local_function_with_a_struct_closure_inside_a_lambda_is_followed()
    {
        int outer = 3;
        int unread = 4;
        Func<int, int> f = x =>
        {
            int local = x * 2;
            int Add(int y) => local + outer + y;
            return Add(1) + Add(2);
        };
        Func<int> other = () => unread;
        Assert.Equal("outer", Crossing.Names(f));
        Assert.Equal(49, Crossing.Of(f)(10));
        Assert.Equal(4, other());
    }

    [Fact]
    public void Lambdas_in_lambdas_are_followed_and_their_cached_delegates_are_left_behind()
    {
        int factor = 3;
        int unread = 4;
        Func<int[], int> f = items => items.Select(x => x * factor).Where(x => x > factor).Sum();
        Func<int> other = () => unread;
        Assert.Equal(15, f([1, 2, 3]));
        Assert.Equal("factor", Crossing.Names(f));
        Assert.Equal(15, Crossing.Of(f)([1, 2, 3]));
        Assert.Equal(4, other());
    }

    [Fact]
    public void Query_expressions_are_followed()
    {
        int low = 2;
        Func<int[], int[]> f = items => (from x in items let y = x * low where y > low orderby y descending select y + low).ToArray();
        Assert.Equal("low", Crossing.Names(f));
        Assert.Equal([8, 6], Crossing.Of(f)([1, 2, 3]));
    }

    [Fact]
    public void A_variable_that_only_an_expression_tree_names_is_sent()
    {
        int limit = 2;
        Func<int[], int> f = items =>
        {
            Expression<Func<int, bool>> big = x => x > limit;
            return items.AsQueryable().Count(big);
        };
        Assert.Equal("limit", Crossing.Names(f));
        Assert.Equal(2, Crossing.Of(f)([1, 2, 3, 4]));
    }

    [Fact]
    public void A_lambda_that_captures_itself_recurses_in_the_worker()
    {
        Func<int, int> factorial = null!;
        int unit = 1;
        Stream unread = Stream.Null;
        factorial = n => n <= unit ? unit : n * factorial(n - 1);
        Func<long> other = () => unread.Length;
        Assert.Equal("factorial unit", Crossing.Names(factorial));
        Func<int, int> arrived = Crossing.Of(factorial);
        factorial = null!;
        Assert.Equal(120, arrived(5));
        Assert.Equal(0, other());
    }

    [Fact]
    public void Captured_functions_that_share_a_closure_still_share_it_afterwards()
    {
        int counter = 10;
        Func<int> next = () => ++counter;
        Func<int> get = () => counter;
        Func<int> both = () => next() + next() + get();
        Assert.Equal(11 + 12 + 12, Crossing.Of(both)());
        Assert.Equal(10, counter);
    }

    [Fact]
    public void Captured_functions_may_be_static_null_or_several()
    {
        Func<double, double> root = Math.Sqrt;
        Func<double, double>? none = null;
        List<string> log = [];
        Action<string> several = text => log.Add(text);
        several += text => log.Add(text + "!");
        Func<string> f = () =>
        {
            several("a");
            return $"{root(9)} {none is null} {string.Concat(log)}";
        };
        Assert.Equal("3 True aa!", Crossing.Of(f)());
    }

    [Fact]
    public void A_lambda_that_captures_this_sends_the_instance()
    {
        int local = 1;
        Func<int> both = () => _state + local;
        Func<int> only = ReadState();
        Assert.Equal("local this", Crossing.Names(both));
        Assert.Equal(43, Crossing.Of(both)());
        Assert.Equal("captured 'this'", Crossing.Names(only));
        Assert.Equal(42, Crossing.Of(only)());
    }

    [Fact]
    public void Instance_methods_and_extension_methods_send_their_first_argument()
    {
        Func<string> trim = " a ".Trim;
        Assert.Equal("a", Crossing.Of(trim)());
        Func<int> half = new Box<int>(8).Twice;
        Assert.Equal(16, Crossing.Of(half)());
        List<int> items = [1, 2];
        Func<int, bool> contains = items.Contains;
        Assert.True(Crossing.Of(contains)(2));
        Func<int> extension = items.CountAll;
        Assert.Equal("captured 'all'", Crossing.Names(extension));
        Assert.Equal(2, Crossing.Of(extension)());
        Func<string> ofStruct = new Money(5).Show;
        Assert.Equal("5", Crossing.Of(ofStruct)());
    }

    [Fact]
    public void Generic_methods_and_classes_send_what_their_lambdas_read()
    {
        static Func<T> Make<T>(T value, T unread)
        {
            Func<T> other = () => unread;
            GC.KeepAlive(other);
            return () => value;
        }
        Assert.Equal("value", Crossing.Names(Make("a", "b")));
        Assert.Equal("a", Crossing.Of(Make("a", "b"))());
        Assert.Equal(3, Crossing.Of(Make(3, 4))());
        Assert.Equal("copy value", Crossing.Names(new Box<string>("x").Pair(7)));
        Assert.Equal(("x", 7, typeof(int)), Crossing.Of(new Box<string>("x").Pair(7))());
        Assert.Equal("Int32String", Crossing.Of(Box<int>.Inner<string>.Make())());
    }

    [Fact]
    public void Records_are_changed_by_with_in_the_worker()
    {
        Money money = new(1);
        Person person = new("Ann", 3);
        Func<(Money, Person)> f = () => (money with { Cents = 5 }, person with { Age = 4 });
        Assert.Equal((new Money(5), new Person("Ann", 4)), Crossing.Of(f)());
    }

    [Fact]
    public void Tuples_enums_nullables_and_structs_are_sent()
    {
        (int A, string B) tuple = (1, "b");
        DayOfWeek? day = DayOfWeek.Friday;
        int? none = null;
        Span<int> notCaptured = [1];
        Func<string> f = () => $"{tuple.A}{tuple.B}{day}{none.HasValue}{day.Value.ToString().Length}";
        Assert.Equal("1bFridayFalse6", Crossing.Of(f)());
        Assert.Equal(1, notCaptured.Length);
    }

    [Fact]
    public void A_null_crosses_even_where_its_type_has_no_codec()
    {
        Stream? stream = null;
        Func<bool> f = () => stream is null;
        Assert.True(Crossing.Of(f)());
    }

    [Fact]
    public void What_cannot_cross_is_named_as_the_variable_is_named()
    {
        object db = Stream.Null;
        Stream log = Stream.Null;
        int one = 1;
        Func<string?> inner = () => db.ToString() + one;
        Func<string?> outer = () => inner();
        TransferException refused = Assert.Throws<TransferException>(() => Crossing.Of(() => db.ToString() + one));
        Assert.Equal("captured 'db' → Object.Inner", refused.Path);
        Assert.StartsWith("captured 'db' → Object.Inner: ", refused.Message);
        refused = Assert.Throws<TransferException>(() => Crossing.Of(() => log.Length));
        Assert.Equal("captured 'log' → Stream", refused.Path);
        refused = Assert.Throws<TransferException>(() => Crossing.Of(outer));
        Assert.Equal("captured 'inner' → captured 'db' → Object.Inner", refused.Path);
    }

    [Fact]
    public void A_captured_service_is_named_this()
    {
        TransferException refused = Assert.Throws<TransferException>(() => Crossing.Of(new Service().Lambda(1)));
        Assert.StartsWith("captured 'this' → ", refused.Path);
        refused = Assert.Throws<TransferException>(() => Crossing.Of(new Service().OnlyThis()));
        Assert.StartsWith("captured 'this' → ", refused.Path);
        refused = Assert.Throws<TransferException>(() => Crossing.Of((Func<int>)new Service().Read));
        Assert.StartsWith("instance of CapturedVariablesTests.Service → ", refused.Path);
    }

    [Fact]
    public void Where_the_code_cannot_be_looked_at_everything_counts_as_read()
    {
        MethodInfo withoutBody = typeof(Math).GetMethod(nameof(Math.Sqrt))!;
        ClosureScan scan = ClosureScan.Run(withoutBody);
        Assert.Null(withoutBody.GetMethodBody());
        Assert.True(scan.Reads(typeof(CapturedVariablesTests).GetField(nameof(_state), BindingFlags.Instance | BindingFlags.NonPublic)!));
    }

    [Fact]
    public void A_function_that_is_an_argument_takes_along_what_it_captured()
    {
        int factor = 3;
        TransferWriter writer = new();
        CapturedDelegate.Write(writer, (int x) => x * factor, HandleCodec.Source);
        TransferReader reader = new(writer.Inline, null, null, TypePolicy.TrustHost);
        Func<int, int> arrived = Assert.IsType<Func<int, int>>(CapturedDelegate.Read(ref reader, HandleCodec.Source));
        Assert.Equal(12, arrived(4));
    }

    [Fact]
    public void A_delegate_of_several_functions_is_refused()
    {
        Action action = () => { };
        action += () => { };
        Assert.Throws<ArgumentException>(() => CapturedVariables.Of(action));
    }

    [Fact]
    public void The_second_delegate_of_a_lambda_costs_no_second_look()
    {
        static Func<int> Make(int x) => () => x;
        Func<int> first = Make(1);
        Func<int> second = Make(2);
        Assert.NotSame(first.Target, second.Target);
        Assert.Same(CapturedVariables.Of(first), CapturedVariables.Of(second));
    }

    private Func<int> ReadState() => () => _state;
}

internal static class CapturedExtensions
{
    public static int CountAll<T>(this IEnumerable<T> all) => all.Count();
}
