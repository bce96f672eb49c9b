"""Streets for a vehicle class: reading, legality, snapping, shortest paths, matrices."""
