"""What an operator sees of a running process: logs, traces and numbers, each with region and request, none with a person."""
