from tests.standins.stripe import stripe_process, stripe_standin

__all__ = ["stripe_process", "stripe_standin"]
