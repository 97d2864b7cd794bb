"""Stripe on this machine, for tests and `make run`: the same API by HTTP, with its own money, clock and mistakes.

Nothing in production imports it. docs/stripe-standin.md says what it does and where it differs from the real one.
"""
