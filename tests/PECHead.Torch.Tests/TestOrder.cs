// The default generator, the number of threads and the resident memory belong to the whole process.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
