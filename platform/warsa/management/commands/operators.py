from __future__ import annotations

from typing import Any

import pyotp
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email

from shared_apps.operations import people, second_factor
from shared_apps.operations.models import AuthenticatorApp, OperatorGrant, OperatorRole
from shared_apps.operations.selectors import operator_grants
from tenants.context import on_platform
from tenants.kernel.errors import DomainError

BY = "system:command"


class Command(BaseCommand):
    """The first owner of an installation comes this way; the others are let in at /operator/orang/."""

    help = "List operators, let one in, put one out, or take away a lost second factor."

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
        acts.add_parser("list", help="everybody who operates")
        add = acts.add_parser("add", help="let somebody in, or change their role")
        add.add_argument("email")
        add.add_argument("--name", default="")
        add.add_argument("--role", choices=OperatorRole.values, default=OperatorRole.READER)
        for act, text in (("remove", "put somebody out"), ("forget-factors", "for somebody who lost phone and paper")):
            one = acts.add_parser(act, help=text)
            one.add_argument("email")
            one.add_argument("--reason", required=True)
        acts.add_parser("code", help="the code of now, of a demonstration's operator").add_argument("email")

    def handle(self, *args: Any, act: str, **options: Any) -> None:
        with on_platform():
            try:
                getattr(self, "_" + act.replace("-", "_"))(options)
            except DomainError as refused:
                raise CommandError(str(refused.message)) from refused

    def _list(self, options: dict[str, Any]) -> None:
        for grant in operator_grants():
            factor = "with" if second_factor.has_any(grant) else "without"
            self.stdout.write(f"{grant.user.email}  {grant.role}  {factor} second factor")

    def _add(self, options: dict[str, Any]) -> None:
        email = options["email"]
        try:
            validate_email(email)
        except Exception as wrong:
            raise CommandError(f"not a mail address: {email}") from wrong
        grant = people.let_in(email=email, name=options["name"] or email, role=OperatorRole(options["role"]), by=BY)
        self.stdout.write(f"{grant.user.email} is {grant.role}; a mail says how to sign in.")

    def _remove(self, options: dict[str, Any]) -> None:
        people.put_out(grant=self._grant(options), reason=options["reason"], by=BY)

    def _forget_factors(self, options: dict[str, Any]) -> None:
        people.forget_factors(grant=self._grant(options), reason=options["reason"], by=BY)

    def _code(self, options: dict[str, Any]) -> None:
        if not settings.MAILBOX_DIR:
            raise CommandError("only on a machine of one's own: elsewhere the code is on the operator's phone")
        app = AuthenticatorApp.objects.filter(grant=self._grant(options)).first()
        if app is None:
            raise CommandError("no authenticator app was added")
        self.stdout.write(pyotp.TOTP(app.secret).now())

    def _grant(self, options: dict[str, Any]) -> OperatorGrant:
        grant = OperatorGrant.objects.select_related("user").filter(user__email=options["email"].lower()).first()
        if grant is None:
            raise CommandError(f"nobody operates as {options['email']}")
        return grant
