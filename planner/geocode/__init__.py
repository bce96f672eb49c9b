"""Find the place of a written address on a map, without asking anybody on the internet."""
