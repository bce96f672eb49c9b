"""Why an order is left out of a plan, by how much it fails, and what would make it fit."""
