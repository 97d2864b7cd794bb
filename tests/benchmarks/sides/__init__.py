"""What each side can be asked to do. Arguments and answers are JSON."""
