using FsCheck;
using FsCheck.Fluent;
using PECHead.Research.Training;

namespace PECHead.Research.Tests.Training;

public sealed class LearningRateScheduleTests
{
    [Fact]
    public void The_rate_rises_over_the_warm_up_and_falls_to_its_fraction()
    {
        var schedule = new LearningRateSchedule(1, WarmupSteps: 10, TotalSteps: 110, FinalFraction: 0.1);
        Assert.Equal(0.1, schedule.At(0), 12);
        Assert.Equal(1, schedule.At(9), 12);
        Assert.Equal(1, schedule.At(10), 12);
        Assert.Equal(0.55, schedule.At(60), 12);
        Assert.Equal(0.1, schedule.At(110), 12);
        Assert.Equal(0.1, schedule.At(1000), 12);
    }

    [Fact]
    public void A_milestone_leaves_a_tenth_of_the_rate()
    {
        var schedule = new LearningRateSchedule(1, 0, 100, 1) { Milestones = [0.6, 0.9] };
        Assert.Equal([1, 1, 0.1, 0.1, 0.01], new[] { 0, 59, 60, 89, 90 }.Select(step => Math.Round(schedule.At(step), 12)));
    }

    [Fact]
    public void The_rate_never_rises_after_the_warm_up()
        => Check.QuickThrowOnFailure(Prop.ForAll(
            ArbMap.Default.ArbFor<(PositiveInt Total, PositiveInt Step)>(),
            pair =>
            {
                var schedule = new LearningRateSchedule(1, 0, pair.Total.Get, 0);
                return schedule.At(pair.Step.Get) <= schedule.At(pair.Step.Get - 1) && schedule.At(pair.Step.Get) >= 0;
            }));
}
