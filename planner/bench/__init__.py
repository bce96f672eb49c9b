"""What planning costs as days grow and workers are added, measured on this machine."""
