"""Which vehicle goes where and when: the problem as arrays, the engine, exact times and charges."""
