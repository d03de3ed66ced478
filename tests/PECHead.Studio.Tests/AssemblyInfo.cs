// Latency is measured here, and models share the processor.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
