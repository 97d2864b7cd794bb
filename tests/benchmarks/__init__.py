"""WARSA beside stock django-tenants and plain Django, on one server, in one run: `make bench`. See docs/benchmarks.md."""
