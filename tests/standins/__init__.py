"""Stand-ins for the outside world: stateful, over HTTP, and only for tests."""
