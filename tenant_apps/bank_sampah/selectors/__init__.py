"""What can be read of the waste bank, by story."""
