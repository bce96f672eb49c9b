"""How many vehicles of which kind, with how many plugs: routed days, priced for a year."""
