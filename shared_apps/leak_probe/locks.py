"""The number of the probe, which only one process does at a time (`tenants.locks.alone`)."""

PROBING = 0x57_50_01  # "WP"
