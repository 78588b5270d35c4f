"""The same desk under a sampled workload: scenario, workload, world, engine, experiment."""
