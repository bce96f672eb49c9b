"""Benchmark instances of the literature: read into a `planner.solve.instance.Instance`, and answers written back."""
