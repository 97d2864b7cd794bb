"""What a person must still show after the password was right: one proven address, and no more than one."""

from __future__ import annotations

from typing import Any

from allauth.account.stages import EmailVerificationStage, PhoneVerificationStage


class ProvePhone(PhoneVerificationStage):
    """A code by short text, for a person who has proven nothing and did not come by e-mail address."""

    def handle(self) -> tuple[Any, bool]:
        user = self.login.user
        if user is not None and (user.is_proven or not user.phone or self.login.email):
            return None, True
        step: tuple[Any, bool] = super().handle()
        return step


class ProveEmail(EmailVerificationStage):
    """A code by mail, for a person who has proven nothing yet."""

    def handle(self) -> tuple[Any, bool]:
        user = self.login.user
        if user is not None and user.is_proven:
            return None, True
        step: tuple[Any, bool] = super().handle()
        return step
