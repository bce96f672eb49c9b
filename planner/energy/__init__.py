"""Watt-hours of driving and seconds of charging."""
