using FsCheck;
using FsCheck.Fluent;
using Microsoft.Data.Analysis;
using PECHead.Research.Data;

namespace PECHead.Research.Tests.Data;

public sealed class CsvTableTests : IDisposable
{
    private static readonly char[] Letters = ['a', 'é', '–', ' ', ',', '"', '\n', '\r', '\t', ';', '1', '#', '=', '\''];
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_table_comes_back_bit_by_bit_whatever_is_in_it()
    {
        var number = Gen.Frequency((6, ArbMap.Default.GeneratorFor<double>().Select(value => (double?)value)), (1, Gen.Constant((double?)null)),
            (1, Gen.Elements<double?>(double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.Epsilon, double.MaxValue, -0.0, 0.1, 1.0 / 3)));
        var row = Gen.Elements(Letters).ArrayOf().Select(letters => new string(letters)).Zip(number, (name, value) => (Name: name, Value: value));
        Check.QuickThrowOnFailure(Prop.ForAll(row.ArrayOf().ToArbitrary(), rows =>
        {
            var frame = new DataFrame(new StringDataFrameColumn("name, \"quoted\"", rows.Select(one => one.Name)), new DoubleDataFrameColumn("value", [.. rows.Select(one => one.Value)]));
            CsvTable.Write(frame, _folder["table.csv"]);
            var read = CsvTable.Read(_folder["table.csv"], "name, \"quoted\"");
            return read.Texts("name, \"quoted\"").SequenceEqual(rows.Select(one => one.Name))
                && (rows.All(one => one.Value is null) || read.Numbers("value").Select(Bits).SequenceEqual(rows.Select(one => Bits(one.Value))));
        }));
    }

    [Fact]
    public void Columns_of_numbers_and_empty_cells_are_numbers_and_others_are_text()
    {
        var frame = CsvTable.Read(_folder.Write("table.csv", "\uFEFFa,b,c,d\r\nx,1,,7\r\ny,-2.5e-3,,\r\nz,,,8 px\r\n"), "c");
        Assert.Equal([1, -0.0025, null], frame.Numbers("b"));
        Assert.Equal(["", "", ""], frame.Texts("c"));
        Assert.Equal(["7", "", "8 px"], frame.Texts("d"));
        Assert.Contains("holds text", Assert.Throws<ArgumentException>(() => frame.Numbers("d")).Message, StringComparison.Ordinal);
        Assert.Contains("it has a, b, c, d", Assert.Throws<ArgumentException>(() => frame.Numbers("e")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("a,a\n1,2\n", "named twice")]
    [InlineData("a,b\n1,2\n1\n", "line 3")]
    [InlineData("a,b\n1,\"2\n", "line 2")]
    [InlineData("a,b\n1,x\"y\n", "line 2")]
    public void A_broken_table_is_refused_with_its_line(string text, string message)
        => Assert.Contains(message, Assert.Throws<DataException>(() => CsvTable.Read(_folder.Write("table.csv", text))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_missing_table_is_named() => Assert.Contains("none.csv", Assert.Throws<DataException>(() => CsvTable.Read(_folder["none.csv"])).Message, StringComparison.Ordinal);

    [Fact]
    public void The_reference_table_is_read_and_written_as_it_is()
    {
        var path = Path.Combine(Repository.Root, "ablations", "reference", "table4.csv");
        var frame = CsvTable.Read(path);
        Assert.Equal(7, frame.Rows.Count);
        Assert.Equal(File.ReadAllText(path).ReplaceLineEndings("\n"), CsvTable.Format(frame));
    }

    private static long? Bits(double? value) => value is { } number ? BitConverter.DoubleToInt64Bits(double.IsNaN(number) ? double.NaN : number) : null;
}
