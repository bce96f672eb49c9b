"""A plan for those who drive it and for other programs: manifests, tables, tracks, calendars, links."""
