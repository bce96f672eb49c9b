"""Files in and out: orders, fleets, plans."""
