using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;

namespace PECHead.Experiments.Tests.Notebooks;

/// <summary>The library as a package of a local feed, used from an empty folder.</summary>
[Collection(NotebookRuns.Name)]
public sealed class PackedLibraryTests : IDisposable
{
    private static readonly string Root = Path.GetDirectoryName(ShippedNotebooks.Folder)!;
    private readonly string _folder = Directory.CreateTempSubdirectory("pechead-packages-").FullName;
    // A version is kept in the package cache for ever: each run has its own and takes it away again.
    private readonly string _version = string.Create(CultureInfo.InvariantCulture, $"0.0.1-test{DateTime.UtcNow.Ticks}");

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        foreach (string id in (string[])["pechead.research", "pechead.research.interactive"])
        {
            string kept = Path.Combine(Packages(), id, _version);
            if (Directory.Exists(kept)) Directory.Delete(kept, recursive: true);
        }
    }

    [Fact]
    public void A_program_and_a_notebook_in_an_empty_folder_use_the_packages()
    {
        string feed = Path.Combine(_folder, "feed");
        foreach (string project in (string[])["PECHead.Research", "PECHead.Research.Interactive"])
            Dotnet(Root, "pack", Path.Combine("src", project), "-c", "Release", "--no-build", "-o", feed, $"-p:PackageVersion={_version}", "--nologo");
        using (var package = ZipFile.OpenRead(Path.Combine(feed, $"PECHead.Research.Interactive.{_version}.nupkg")))
            Assert.NotNull(package.GetEntry("interactive-extensions/dotnet/PECHead.Research.Interactive.dll"));

        RunsAsProgram(feed);
        RunsAsNotebook(feed);
    }

    private void RunsAsProgram(string feed)
    {
        string program = Directory.CreateDirectory(Path.Combine(_folder, "program")).FullName;
        File.WriteAllText(Path.Combine(program, "program.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <OutputType>Exe</OutputType>
                <ImplicitUsings>enable</ImplicitUsings>
                <RestoreAdditionalProjectSources>{feed}</RestoreAdditionalProjectSources>
                <CreateHardLinksForCopyFilesToOutputDirectoryIfPossible>true</CreateHardLinksForCopyFilesToOutputDirectoryIfPossible>
                <CreateHardLinksForCopyLocalIfPossible>true</CreateHardLinksForCopyLocalIfPossible>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="PECHead.Research" Version="{_version}" />
              </ItemGroup>
            </Project>
            """);
        File.WriteAllText(Path.Combine(program, "Program.cs"), """
            using PECHead.Research.FaceModel;
            using PECHead.Research.Visualization;
            using static TorchSharp.torch;
            manual_seed(1);
            Console.WriteLine($"{ones(3, 4).sum().item<float>()} {new ImageGrid(rand(2, 3, 16, 16)).ToPng().Length > 100} {File.Exists(Path.Combine(AppContext.BaseDirectory, "FaceModel", "mesh-face-model.safetensors"))}");
            """);
        Assert.Equal("12 True True", Dotnet(program, "run").Trim().Split('\n')[^1]);
    }

    private void RunsAsNotebook(string feed)
    {
        string folder = Directory.CreateDirectory(Path.Combine(_folder, "notebook")).FullName;
        string notebook = Path.Combine(folder, "empty.ipynb");
        string[] cells =
        [
            $"#i \"nuget:{feed}\"\n#r \"nuget: PECHead.Research.Interactive, {_version}\"",
            "using PECHead.Research.Visualization;\nusing static TorchSharp.torch;",
            "new ImageGrid(rand(2, 3, 16, 16))",
            "ones(3, 4).sum().item<float>()",
        ];
        File.WriteAllText(notebook, System.Text.Json.JsonSerializer.Serialize(new
        {
            cells = cells.Select((source, index) => new { cell_type = "code", id = $"cell{index}", execution_count = (int?)null, metadata = new { }, outputs = Array.Empty<object>(), source = new[] { source } }),
            metadata = new { kernelspec = new { display_name = ".NET (C#)", language = "C#", name = ".net-csharp" } },
            nbformat = 4,
            nbformat_minor = 5,
        }));
        var (code, _, error) = Program.Run("notebook", "run", notebook);
        Assert.True(code == 0, error);
        var run = new ExecutedNotebook(notebook);
        Assert.NotEmpty(Convert.FromBase64String(run.Of("cell2", "image/png")));
        Assert.Equal("12", run.Of("cell3", "text/plain"));
    }

    private static string Packages()
        => Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } set ? set : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    private static string Dotnet(string folder, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, output + error.Result);
        return output;
    }
}
