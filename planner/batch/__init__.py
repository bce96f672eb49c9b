"""Many days in one run: jobs from a manifest, a Dask cluster that plans them, a ledger that loses none."""
