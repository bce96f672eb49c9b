"""Large days: cut into pieces that are searched side by side, and searched again across the cuts."""
