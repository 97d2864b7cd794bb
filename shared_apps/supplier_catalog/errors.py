"""Why a supplier's catalogue refuses something."""

from __future__ import annotations

from collections.abc import Mapping

from tenants.kernel.errors import DomainError


class BadDrafts(DomainError):
    """Some articles cannot be published as they are written. `by_draft`: the place of each among those given, and what to mend."""

    code = "bad_drafts"
    status = 400

    def __init__(self, by_draft: Mapping[int, str]) -> None:
        super().__init__(next(iter(by_draft.values())))
        self.by_draft = dict(by_draft)


class FactRefused(DomainError):
    """A fact of the business is not of the form that it must have. `context["field"]` names it."""

    code = "fact_refused"
    status = 400


class NibTaken(DomainError):
    """Another supplier is registered with this NIB."""

    code = "nib_taken"


class TooMany(DomainError):
    """More attempts than a person makes."""

    code = "too_many"
    status = 429


class InvitationUnknown(DomainError):
    """No invitation has this link."""

    code = "invitation_unknown"
    status = 404


class InvitationEnded(DomainError):
    """It was accepted or withdrawn, or has run out."""

    code = "invitation_ended"
    status = 410


class LastAdmin(DomainError):
    """A supplier needs somebody who may do everything."""

    code = "last_admin"


class ReasonMissing(DomainError):
    """The supplier is to know why."""

    code = "reason_missing"


class Unconfirmed(DomainError):
    """Nobody has shown that the mail address of the registration is theirs."""

    code = "unconfirmed"


class AreaInUse(DomainError):
    """Something is offered in an area that is to be given up."""

    code = "area_in_use"


class SkuTaken(DomainError):
    """The supplier has an article with this SKU."""

    code = "sku_taken"


class PackInUse(DomainError):
    """A pack that is offered cannot go away."""

    code = "pack_in_use"
