namespace Brood.Calls;

/// <summary>What the lambdas capture.</summary>
public partial class CapturedVariablesTests
{
    private sealed class Service : Stream
    {
        public Func<int> Lambda(int x) => () => Read() + x;

        public Func<int> OnlyThis() => () => Read();

        public int Read() => 1;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => 0;

        public override long Position { get; set; }

        public override void Flush() { }

        public override int Read(byte[] buffer, int offset, int count) => 0;

        public override long Seek(long offset, SeekOrigin origin) => 0;

        public override void SetLength(long value) { }

        public override void Write(byte[] buffer, int offset, int count) { }
    }

    private readonly record struct Money(int Cents)
    {
        public string Show() => Cents.ToString();
    }

    private sealed record Person(string Name, int Age);

    private sealed class Box<T>(T content)
    {
        public int Twice() => Convert.ToInt32(content) * 2;

        public Func<(T, U, Type)> Pair<U>(U value)
        {
            T copy = content;
            return () => (copy, value, typeof(U));
        }

        public sealed class Inner<U>
        {
            public static Func<string> Make()
            {
                string start = typeof(T).Name;
                return () => start + typeof(U).Name;
            }
        }
    }
}
