"""Plans a day of deliveries by micro electric vehicles on real streets."""

__version__ = "0.1.0"
