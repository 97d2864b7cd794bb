"""From programme to programme: signed JSON over HTTPS, both ways. docs/connector.md tells suppliers how."""
