"""What Dask is told, in the runner and in its workers."""

SETTINGS = {
    # A task is given up with its worker: whether the job was guilty is found out here, and not there.
    "distributed.scheduler.allowed-failures": 0,
    "distributed.scheduler.worker-saturation": 1.0,
    "distributed.scheduler.worker-ttl": None,  # a worker that holds the interpreter for long is not dead
    "distributed.admin.tick.limit": "1h",
    "distributed.worker.profile.enabled": False,  # it keeps a tree of calls for each second of an hour
    "distributed.admin.low-level-log-length": 50,  # of events that nobody reads
    "distributed.comm.timeouts.connect": "15s",
    "distributed.comm.timeouts.tcp": "300s",
}
