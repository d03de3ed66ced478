using System.Diagnostics.CodeAnalysis;

namespace PECHead.Torch.Tests.Surface;

/// <summary>The format of the list, on a sample that has one of each construct.</summary>
public sealed class SurfaceDumpTests
{
    public enum Mode : byte
    {
        Nearest = 0,
        Bilinear = 2,
    }

    public delegate int Measure(string? text, ref int count);

    [Theory]
    [InlineData("SurfaceDumpTests.Mode :: enum : byte { Nearest=0, Bilinear=2 }")]
    [InlineData("SurfaceDumpTests.Measure :: delegate int (string? text, ref int count)")]
    [InlineData("SurfaceDumpTests.Sample<T> :: abstract class : IDisposable")]
    [InlineData("SurfaceDumpTests.Sample<T>.ctor :: protected (string name = \"g5\")")]
    [InlineData("SurfaceDumpTests.Sample<T>.count :: protected readonly long")]
    [InlineData("SurfaceDumpTests.Sample<T>.Limit :: const int")]
    [InlineData("SurfaceDumpTests.Sample<T>.this[params long[] indices] :: T { get; set; }")]
    [InlineData("SurfaceDumpTests.Sample<T>.Pairs :: IList<(string, object)>/*name,value*/ { get; }")]
    [InlineData("SurfaceDumpTests.Sample<T>.Dispose() :: void")]
    [InlineData("SurfaceDumpTests.Sample<T>.Dispose(bool disposing) :: protected virtual void")]
    [InlineData("SurfaceDumpTests.Sample<T>.Scale(double factor = 1E-08, float bias = 1f, bool inplace = false, string[]? names = null) :: abstract T")]
    [InlineData("SurfaceDumpTests.Sample<T>.Split<TPart>(T value, out TPart part) :: ValueTuple<T, TPart>/*first,rest*/ where TPart : struct")]
    [InlineData("SurfaceDumpTests.Sample<T>.Old((int, int)? range = null, long? size = null) :: [Obsolete] static void")]
    [InlineData("SurfaceDumpTests.Sample<T>.op_UnaryNegation(SurfaceDumpTests.Sample<T> value) :: static SurfaceDumpTests.Sample<T>")]
    [InlineData("SurfaceDumpExtensions.Of(this object value, ReadOnlySpan<long> dims = default) :: static IEnumerable<string?>")]
    public void A_construct_is_written_as_the_list_writes_it(string line)
    {
        var lines = new SurfaceDump(annotated: true).Lines([typeof(Mode), typeof(Measure), typeof(Sample<>), typeof(SurfaceDumpExtensions)]);
        Assert.Contains(line, lines);
    }

    [Fact]
    public void Without_annotations_only_value_types_are_marked_as_nullable()
    {
        var lines = new SurfaceDump(annotated: false).Lines([typeof(Sample<>)]).ToArray();
        Assert.Contains("SurfaceDumpTests.Sample<T>.Scale(double factor = 1E-08, float bias = 1f, bool inplace = false, string[] names = null) :: abstract T", lines);
        Assert.Contains("SurfaceDumpTests.Sample<T>.Old((int, int)? range = null, long? size = null) :: [Obsolete] static void", lines);
    }

    [Fact]
    public void Private_and_internal_members_are_left_out() =>
        Assert.DoesNotContain(new SurfaceDump(annotated: true).Lines([typeof(Sample<>)]), line => line.Contains("Hidden", StringComparison.Ordinal));

    [SuppressMessage("Design", "CA1000", Justification = "The list has static members of generic types.")]
    [SuppressMessage("Design", "CA1051", Justification = "The list has protected fields.")]
    public abstract class Sample<T> : IDisposable
    {
        public const int Limit = 3;

        protected readonly long count;

        protected Sample(string name = "g5") => count = name.Length;

        public IList<(string name, object value)> Pairs => [];

        internal long HiddenCount => count;

        public T this[params long[] indices]
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public static Sample<T> operator -(Sample<T> value) => value;

        [Obsolete("A sample.")]
        public static void Old((int, int)? range = null, long? size = null)
        {
        }

        public abstract T Scale(double factor = 1e-8, float bias = 1f, bool inplace = false, string[]? names = null);

        public (T first, TPart rest) Split<TPart>(T value, out TPart part)
            where TPart : struct
        {
            part = default;
            return (value, part);
        }

        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        protected virtual void Dispose(bool disposing) => Hidden(disposing);

        private static void Hidden(bool disposing) => _ = disposing;
    }
}

public static class SurfaceDumpExtensions
{
    public static IEnumerable<string?> Of(this object value, ReadOnlySpan<long> dims = default) => [value.ToString(), dims.Length.ToString()];
}
