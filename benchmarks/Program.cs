using BenchmarkDotNet.Running;
using PECHead.Benchmarks;
using PECHead.Research.Acceleration;

return args switch
{
    ["small-ops"] => SmallOperations.Run(),
    ["train-step", var size, var batch, var layout, var precision, var steps] => TrainingSteps.Run(int.Parse(size), int.Parse(batch), layout, precision, int.Parse(steps)),
    ["reference-step", var setting, var framesPerClip, var steps] => TrainingSteps.Reference(setting, int.Parse(framesPerClip), int.Parse(steps)),
    ["rank-step", var setting, var batch, var steps, .. var exchange] => TrainingSteps.InRanks(setting, int.Parse(batch), int.Parse(steps), exchange is ["mixed"] ? Precision.Mixed : Precision.Full),
    ["scaling", .. var rest] => RankScaling.Run(rest.Length > 0 ? int.Parse(rest[0]) : 3, rest.Length > 1 ? int.Parse(rest[1]) : 20),
    ["infer", var size, var frames, var precision] => Inference.Run(int.Parse(size), int.Parse(frames), precision),
    ["infer-full", var size, var frames, var precision, .. var design] => FullInference.Run(int.Parse(size), int.Parse(frames), precision, design is ["slim"]),
    ["faces", var data, var size, var batch, var rounds] => Faces.Run(data, int.Parse(size), int.Parse(batch), int.Parse(rounds)),
    ["deform-conv"] => DeformableConvolutions.Run(),
    ["flow"] => FlowErrors.Run(),
    ["compare", .. var rest] => Comparison.Run(rest.Length > 0 ? int.Parse(rest[0]) : 3, rest.ElementAtOrDefault(1) ?? "", rest.ElementAtOrDefault(2)),
    ["micro", .. var rest] => BenchmarkSwitcher.FromAssembly(typeof(CallOverhead).Assembly).Run(rest).Any() ? 0 : 1,
    _ => Help(),
};

static int Help()
{
    Console.WriteLine(
        """
        compare [rounds] [text] [program]                     the measurements whose names hold the text beside the Python peer,
                                                              and beside this program of an earlier commit
        small-ops                                             call overhead and one convolution
        deform-conv                                           the deformable convolution, 64x64, 64 and 256 channels
        flow                                                  end-point errors on bent portraits
        train-step <size> <batch> <contiguous|channels_last> <fp32|bf16> <steps>
        reference-step <setting> <frames of a clip> <steps>   the same by the recipe of the reference weights
        rank-step <setting> <batch of all ranks> <steps> [mixed] the same in the ranks of mpirun, one thread each, with the sums of a step
        scaling [rounds] [steps]                              rank-step with one rank and with two, weak and strong
        infer <size> <frames> <fp32|bf16>                     frames per second of animating one source
        infer-full <size> <frames> <fp32|bf16> [slim]         the same of the whole model, Full
        faces <data folder> <size> <batch> <rounds>           observation, its steps and graphs, seconds a frame
        micro [BenchmarkDotNet options]                       call overhead under BenchmarkDotNet
        """);
    return 2;
}
