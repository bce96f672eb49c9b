"""What a dispatcher does to a plan once it is made."""
