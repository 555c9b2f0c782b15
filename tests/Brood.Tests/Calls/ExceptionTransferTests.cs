using System.Collections;
using System.ComponentModel;
using System.Net;
using System.Net.Http;
using System.Net.Sockets;
using System.Reflection;
using System.Runtime.ExceptionServices;
using System.Text.Json;

using Brood.Transfer;

namespace Brood.Calls;

public class ExceptionTransferTests
{
    [Fact]
    public void Type_message_data_and_the_rest_arrive()
    {
        InvalidOperationException sent = new("It broke.", new KeyNotFoundException("inner"))
        {
            HResult = 1234,
            Source = "the source",
            HelpLink = "https://example.org",
            Data = { ["number"] = 5, ["text"] = "five" },
        };
        Exception arrived = Crossing.Of(sent);
        Assert.IsType<InvalidOperationException>(arrived);
        Assert.Equal(sent.Message, arrived.Message);
        Assert.Equal(sent.HResult, arrived.HResult);
        Assert.Equal(sent.Source, arrived.Source);
        Assert.Equal(sent.HelpLink, arrived.HelpLink);
        Assert.Equal(5, arrived.Data["number"]);
        Assert.Equal("five", arrived.Data["text"]);
        Assert.IsType<KeyNotFoundException>(arrived.InnerException);
        Assert.Equal("inner", arrived.InnerException.Message);
        Assert.Null(arrived.StackTrace);
    }

    [Fact]
    public void Data_that_cannot_cross_arrive_as_their_text()
    {
        Exception sent = new("x") { Data = { ["stream"] = Stream.Null, [Stream.Null] = 1, ["bomb"] = new Bomb(), ["none"] = null } };
        IDictionary arrived = Crossing.Of(sent).Data;
        Assert.Equal(Stream.Null.ToString(), arrived["stream"]);
        Assert.Equal(1, arrived[Stream.Null.ToString()!]);
        Assert.True(arrived.Contains("none"));
        Assert.Null(arrived["none"]);
        Assert.Equal(4, arrived.Count);
    }

    [Fact]
    public void Argument_exceptions_keep_what_they_know()
    {
        Exception sent = new ArgumentException("bad", "name");
        ArgumentException argument = Assert.IsType<ArgumentException>(Crossing.Of(sent));
        Assert.Equal("name", argument.ParamName);
        Assert.Equal(sent.Message, argument.Message);
        Assert.Equal("n", Assert.IsType<ArgumentNullException>(Crossing.Of(new ArgumentNullException("n"))).ParamName);
        sent = new ArgumentOutOfRangeException("count", 7, "too many");
        ArgumentOutOfRangeException range = Assert.IsType<ArgumentOutOfRangeException>(Crossing.Of(sent));
        Assert.Equal(7, range.ActualValue);
        Assert.Equal(sent.Message, range.Message);
        sent = new ArgumentOutOfRangeException("stream", Stream.Null, "odd");
        range = Assert.IsType<ArgumentOutOfRangeException>(Crossing.Of(sent));
        Assert.Equal(Stream.Null.ToString(), range.ActualValue);
        Assert.Equal(sent.Message, range.Message);
    }

    [Fact]
    public void Framework_exceptions_keep_what_they_know()
    {
        FileNotFoundException file = Assert.IsType<FileNotFoundException>(Crossing.Of(new FileNotFoundException("gone", "a.txt")));
        Assert.Equal("a.txt", file.FileName);
        SocketException socket = Assert.IsType<SocketException>(Crossing.Of(new SocketException((int)SocketError.HostNotFound)));
        Assert.Equal(SocketError.HostNotFound, socket.SocketErrorCode);
        Assert.Equal(new SocketException((int)SocketError.HostNotFound).Message, socket.Message);
        Assert.Equal(2, Assert.IsType<Win32Exception>(Crossing.Of(new Win32Exception(2))).NativeErrorCode);
        HttpRequestException http = Assert.IsType<HttpRequestException>(
            Crossing.Of(new HttpRequestException(HttpRequestError.ConnectionError, "no", null, HttpStatusCode.NotFound)));
        Assert.Equal(HttpStatusCode.NotFound, http.StatusCode);
        Assert.Equal(HttpRequestError.ConnectionError, http.HttpRequestError);
        JsonException json = Assert.ThrowsAny<JsonException>(() => JsonSerializer.Deserialize<int[]>("[1, x]"));
        JsonException arrived = Assert.IsAssignableFrom<JsonException>(Crossing.Of(json));
        Assert.Equal((json.Message, json.LineNumber, json.Path), (arrived.Message, arrived.LineNumber, arrived.Path));
        TypeInitializationException type = Assert.IsType<TypeInitializationException>(
            Crossing.Of(new TypeInitializationException("My.Type", new FormatException())));
        Assert.Equal("My.Type", type.TypeName);
        Assert.IsType<FormatException>(type.InnerException);
        Assert.Equal("obj", Assert.IsType<ObjectDisposedException>(Crossing.Of(new ObjectDisposedException("obj"))).ObjectName);
    }

    [Fact]
    public void Exceptions_that_the_runtime_raised_arrive()
    {
        Action[] failures =
        [
            static () => { int zero = 0; GC.KeepAlive(1 / zero); },
            static () => GC.KeepAlive(((string?)null)!.Length),
            static () => GC.KeepAlive(((int[])[])[1]),
            static () => GC.KeepAlive((string)(object)1),
            static () => GC.KeepAlive(new Dictionary<int, int>()[1]),
            static () => GC.KeepAlive(Assembly.Load("No.Such.Assembly")),
            static () => throw new OutOfMemoryException(),
            static () => Convert.FromBase64String("!"),
            static () => typeof(string).GetMethod(nameof(string.Insert))!.Invoke("", [0]),
        ];
        foreach (Action failure in failures)
        {
            Exception sent = Record.Exception(failure)!;
            Exception arrived = Crossing.Of(sent);
            Assert.IsType(sent.GetType(), arrived);
            Assert.Equal(sent.Message, arrived.Message);
            Assert.Contains(sent.StackTrace!, arrived.StackTrace);
        }
    }

    [Fact]
    public void A_cancellation_arrives_without_its_token()
    {
        using CancellationTokenSource source = new();
        source.Cancel();
        OperationCanceledException cancelled = Assert.IsType<OperationCanceledException>(
            Crossing.Of(new OperationCanceledException("stop", source.Token)));
        Assert.Equal("stop", cancelled.Message);
        Assert.Equal(CancellationToken.None, cancelled.CancellationToken);
        Assert.Null(Assert.IsType<TaskCanceledException>(
            Crossing.Of(new TaskCanceledException(Task.FromCanceled(source.Token)))).Task);
    }

    [Fact]
    public void An_aggregate_keeps_its_children_and_their_shape()
    {
        FormatException shared = new("shared");
        AggregateException sent = new("several", shared, new AggregateException(new ArgumentNullException("n"), shared));
        AggregateException arrived = Assert.IsType<AggregateException>(Crossing.Of(sent));
        Assert.Equal(sent.Message, arrived.Message);
        Assert.Equal(2, arrived.InnerExceptions.Count);
        Assert.Same(arrived.InnerExceptions[0], arrived.InnerException);
        AggregateException nested = Assert.IsType<AggregateException>(arrived.InnerExceptions[1]);
        Assert.IsType<ArgumentNullException>(nested.InnerExceptions[0]);
        Assert.Same(arrived.InnerExceptions[0], nested.InnerExceptions[1]);
        Assert.Equal(2, arrived.Flatten().InnerExceptions.OfType<FormatException>().Count());
    }

    [Fact]
    public void The_users_own_exceptions_keep_their_state()
    {
        OrderException order = Assert.IsType<OrderException>(Crossing.Of(new OrderException("secret") { Id = 7, Name = "a" }));
        Assert.Equal((7, "a", "secret", "order 7: secret"), (order.Id, order.Name, order.Secret, order.Message));
        Assert.Equal("inside", Assert.IsType<OrderException.Nested>(Crossing.Of(new OrderException.Nested { Where = "inside" })).Where);
        Assert.Equal(5, Assert.IsType<ValueException<int>>(Crossing.Of(new ValueException<int>(5))).Value);
        Assert.Equal("t", Assert.IsType<ValueException<string>>(Crossing.Of(new ValueException<string>("t"))).Value);
        HoldsException holds = Assert.IsType<HoldsException>(Crossing.Of(new HoldsException(new FormatException("held"))));
        Assert.Equal("held", holds.Held!.Message);
    }

    [Fact]
    public void A_long_text_and_bytes_in_a_field_arrive_and_endless_ones_do_not_break_it()
    {
        string text = new('x', 100_000);
        Assert.Equal(text, Assert.IsType<ValueException<string>>(Crossing.Of(new ValueException<string>(text))).Value);
        byte[] bytes = new byte[100_000];
        bytes[7] = 7;
        Assert.Equal(bytes, Assert.IsType<ValueException<byte[]>>(Crossing.Of(new ValueException<byte[]>(bytes))).Value);
        text = new('x', ExceptionLimits.MaxTextChars + 1);
        Assert.Contains("too large", (string)Crossing.Of(new ValueException<string>(text)).Data["Brood"]!);
    }

    [Fact]
    public void No_constructor_runs()
    {
        ThrowsInConstructor sent = new("x");
        ThrowsInConstructor.Armed = true;
        Exception arrived = Crossing.Of(sent);
        ThrowsInConstructor.Armed = false;
        Assert.IsType<ThrowsInConstructor>(arrived);
    }

    [Fact]
    public void What_cannot_be_rebuilt_arrives_as_a_remote_exception()
    {
        RemoteException remote = Assert.IsType<RemoteException>(
            Crossing.Of(Thrown(new ValueException<Stream>(Stream.Null, new FormatException("inner"))), "in worker 7"));
        Assert.StartsWith("Brood.Calls.ExceptionTransferTests+ValueException`1[", remote.TypeName);
        Assert.Equal("value", remote.Message);
        Assert.IsType<FormatException>(remote.InnerException);
        Assert.Contains(nameof(Thrown), remote.RemoteStackTrace);
        Assert.Contains("in worker 7", remote.StackTrace);
        Assert.Contains("'Value'", (string)remote.Data["Brood"]!);
    }

    [Fact]
    public void An_aggregate_that_cannot_be_rebuilt_loses_no_child()
    {
        RemoteException remote = Assert.IsType<RemoteException>(
            Crossing.Of(new StreamAggregate(new FormatException(), new ArgumentException()) { Stream = Stream.Null }));
        Assert.Equal(2, Assert.IsType<AggregateException>(remote.InnerException).InnerExceptions.Count);
    }

    [Theory]
    [InlineData(typeof(MessageThrows))]
    [InlineData(typeof(DataThrows))]
    [InlineData(typeof(StackThrows))]
    [InlineData(typeof(AllThrow))]
    public void An_exception_that_throws_when_it_is_asked_crosses_all_the_same(Type type)
    {
        Exception arrived = Crossing.Of((Exception)Activator.CreateInstance(type)!);
        Assert.NotNull(arrived.Message);
        if (type != typeof(MessageThrows) && type != typeof(AllThrow))
        {
            Assert.IsType(type, arrived);
            return;
        }
        RemoteException remote = Assert.IsType<RemoteException>(arrived);
        Assert.Equal(type.ToString(), remote.TypeName);
        Assert.Contains("Message threw System.NotSupportedException", remote.Message);
    }

    [Fact]
    public void Inner_exceptions_in_a_circle_are_cut()
    {
        FormatException first = new("first");
        InvalidOperationException second = new("second", first);
        ExceptionInternals.InnerException(first) = second;
        Exception arrived = Crossing.Of(second);
        Assert.Equal("first", arrived.InnerException!.Message);
        RemoteException cut = Assert.IsType<RemoteException>(arrived.InnerException.InnerException);
        Assert.Contains("lead back", cut.Message);
        Assert.Equal(typeof(InvalidOperationException).ToString(), cut.TypeName);
        Assert.Null(cut.InnerException);
    }

    [Fact]
    public void Inner_exceptions_without_end_are_cut()
    {
        Exception sent = new("0");
        for (int level = 1; level < 10_000; level++)
        {
            sent = new Exception($"{level}", sent);
        }
        Exception arrived = Crossing.Of(sent);
        int levels = 0;
        for (; arrived.InnerException is { } inner; arrived = inner)
        {
            levels++;
        }
        Assert.Equal(ExceptionLimits.MaxDepth, levels);
        Assert.Contains("cut here", Assert.IsType<RemoteException>(arrived).Message);
    }

    [Fact]
    public void An_aggregate_of_very_many_is_cut()
    {
        AggregateException sent = new(Enumerable.Range(0, 100_000).Select(i => new FormatException($"{i}")));
        AggregateException arrived = Assert.IsType<AggregateException>(Crossing.Of(sent));
        Assert.Equal(ExceptionLimits.MaxExceptions, arrived.InnerExceptions.Count);
        Assert.Contains("cut here", arrived.InnerExceptions[^1].Message);
    }

    [Fact]
    public void A_giant_message_is_cut_and_says_so()
    {
        Exception arrived = Crossing.Of(new Exception(new string('x', 50_000_000)));
        Assert.InRange(arrived.Message.Length, ExceptionLimits.MaxTextChars, ExceptionLimits.MaxTextChars + 200);
        Assert.Contains("50,000,000", arrived.Message.Replace(CultureThousands(), ","));
    }

    [Fact]
    public void A_message_keeps_half_a_surrogate_and_a_zero() =>
        Assert.Equal("a\ud800b\0c", Crossing.Of(new Exception("a\ud800b\0c")).Message);

    [Fact]
    public void A_message_that_was_never_given_stays_so() =>
        Assert.Equal(new OrderlessException().Message, Crossing.Of(new OrderlessException()).Message);

    [Fact]
    public void The_remote_stack_comes_first_then_the_place_then_the_local_one()
    {
        Exception arrived = Crossing.Of(Thrown(new FormatException("x")), "in worker 4127");
        Exception caught = Record.Exception(() => ExceptionDispatchInfo.Throw(arrived))!;
        AssertOrder(
            caught.StackTrace!,
            nameof(Thrown),
            "   --- in worker 4127 (end of remote stack) ---",
            nameof(The_remote_stack_comes_first_then_the_place_then_the_local_one));
        Assert.Same(arrived, caught);
    }

    [Fact]
    public void A_worker_in_a_worker_keeps_both_stacks_in_order()
    {
        Exception inner = Crossing.Of(Thrown(new FormatException("x")), "in worker 2");
        Exception outer = Crossing.Of(Rethrown(inner), "in worker 1");
        AssertOrder(outer.StackTrace!, nameof(Thrown), "in worker 2", nameof(Rethrown), "in worker 1");
    }

    [Fact]
    public void A_remote_exception_stays_the_same_when_it_crosses_again()
    {
        Exception once = Crossing.Of(Thrown(new ValueException<Stream>(Stream.Null)), "in worker 2");
        RemoteException twice = Assert.IsType<RemoteException>(Crossing.Of(Rethrown(once), "in worker 1"));
        Assert.Equal(((RemoteException)once).TypeName, twice.TypeName);
        Assert.Equal(((RemoteException)once).RemoteStackTrace, twice.RemoteStackTrace);
        AssertOrder(twice.StackTrace!, nameof(Thrown), "in worker 2", nameof(Rethrown), "in worker 1");
    }

    [Fact]
    public void With_known_types_other_exceptions_arrive_as_remote_ones()
    {
        TypePolicy policy = TypePolicy.Only([typeof(OrderlessException), typeof(ValueException<>)]);
        Assert.IsType<OrderlessException>(Crossing.Of(new OrderlessException(), policy: policy));
        Assert.IsType<ValueException<int>>(Crossing.Of(new ValueException<int>(1), policy: policy));
        Assert.IsType<ArgumentNullException>(Crossing.Of(new ArgumentNullException(), policy: policy));
        Assert.IsType<RemoteException>(Crossing.Of(new ThrowsInConstructor(), policy: policy));
        Assert.IsType<RemoteException>(Crossing.Of(new JsonException(), policy: policy));
        Assert.IsType<TransferException>(Crossing.Of(new TransferException("refused", "path"), policy: policy));
    }

    [Fact]
    public void More_data_than_an_exception_carries_is_refused()
    {
        // A dictionary of exception data looks through all its entries for each that is added.
        TransferWriter writer = new();
        writer.WriteVarint(10_000);
        writer.WriteBytes(new byte[20_000]);
        byte[] bytes = writer.Inline.ToArray();
        Assert.Throws<TransferException>(() =>
        {
            TransferReader reader = new(bytes, null, null, TypePolicy.Default);
            ExceptionData.Read(ref reader, HandleCodec.Source);
        });
    }

    [Fact]
    public void Damaged_bytes_are_a_transfer_exception_or_another_exception_but_no_failure()
    {
        TransferWriter writer = new();
        ExceptionTransfer.Write(
            writer,
            new AggregateException(
                new OrderException("s") { Id = 1, Name = "n", Data = { ["k"] = 1 } },
                Thrown(new ValueException<int>(3))),
            HandleCodec.Source);
        byte[] whole = writer.Inline.ToArray();
        int seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        Random random = new(seed);
        for (int round = 0; round < 5_000; round++)
        {
            byte[] bytes = round < whole.Length ? whole[..round] : [.. whole];
            for (int change = round < whole.Length ? 0 : random.Next(1, 4); change > 0; change--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }
            try
            {
                TransferReader reader = new(bytes, null, null, TypePolicy.Default);
                Assert.NotNull(ExceptionTransfer.Read(ref reader, "in worker 1", HandleCodec.Source));
            }
            catch (TransferException)
            {
            }
        }
    }

    private static Exception Thrown(Exception e)
    {
        try
        {
            throw e;
        }
        catch (Exception caught)
        {
            return caught;
        }
    }

    private static Exception Rethrown(Exception e)
    {
        try
        {
            ExceptionDispatchInfo.Throw(e);
            return e;
        }
        catch (Exception caught)
        {
            return caught;
        }
    }

    private static string CultureThousands() => System.Globalization.NumberFormatInfo.CurrentInfo.NumberGroupSeparator;

    private static void AssertOrder(string text, params string[] parts)
    {
        int position = 0;
        foreach (string part in parts)
        {
            int found = text.IndexOf(part, position, StringComparison.Ordinal);
            Assert.True(found >= 0, $"'{part}' is missing, or too early, in:\n{text}");
            position = found + part.Length;
        }
    }

    private sealed class Bomb
    {
        public override string ToString() => throw new NotSupportedException();
    }

    private sealed class OrderException(string secret) : Exception
    {
        public required int Id { get; init; }

        public required string Name { get; init; }

        public string Secret => secret;

        public override string Message => $"order {Id}: {secret}";

        public sealed class Nested : Exception
        {
            public string? Where { get; set; }
        }
    }

    private sealed class ValueException<T>(T value, Exception? inner = null) : Exception("value", inner)
    {
        public T Value { get; } = value;
    }

    private sealed class HoldsException(Exception held) : Exception("holds")
    {
        public Exception? Held { get; } = held;
    }

    private sealed class StreamAggregate(params Exception[] children) : AggregateException(children)
    {
        public Stream? Stream { get; init; }
    }

    private sealed class OrderlessException : Exception;

    private sealed class ThrowsInConstructor : Exception
    {
        public static bool Armed;

        public ThrowsInConstructor(string message = "") : base(message)
        {
            if (Armed)
            {
                throw new NotSupportedException();
            }
        }
    }

    private class MessageThrows : Exception
    {
        public override string Message => throw new NotSupportedException();
    }

    private class DataThrows : Exception
    {
        public override IDictionary Data => throw new NotSupportedException();
    }

    private class StackThrows : Exception
    {
        public override string? StackTrace => throw new NotSupportedException();
    }

    private sealed class AllThrow : MessageThrows
    {
        public override IDictionary Data => throw new NotSupportedException();

        public override string? StackTrace => throw new NotSupportedException();

        public override string? Source
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override string? HelpLink
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }
    }
}
