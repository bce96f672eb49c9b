"""What users read of a plan: figures, tables, GeoJSON, the terminal summary and the map page."""
