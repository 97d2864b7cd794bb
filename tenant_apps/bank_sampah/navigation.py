"""The entries of this app in the work areas."""
