"""What belongs to a person: sealed where it lies, and asked of every app when that person wants to see it or to be forgotten."""
