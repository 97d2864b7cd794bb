"""What this app offers to the platform."""
