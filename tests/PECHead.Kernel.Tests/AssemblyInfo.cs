// Time limits are part of what is tested: one test at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
