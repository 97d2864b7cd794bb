"""Why a region does not take a step. Shown to operators and to admins of regions, in their language."""

from __future__ import annotations

from tenants.kernel.errors import DomainError


class NotInThisState(DomainError):
    """The region is in a state from which this step does not lead anywhere."""

    code = "not_in_this_state"


class RestoreUnderWay(DomainError):
    """A swap keeps the region shut for some seconds and will open it again: nobody else changes its state meanwhile."""

    code = "restore_under_way"


class ReasonMissing(DomainError):
    """Grave steps are taken with a reason."""

    code = "reason_missing"
    status = 400


class NotTyped(DomainError):
    """The typed slug is not the region's."""

    code = "not_typed"
    status = 400


class DayOutOfRange(DomainError):
    """Closing or deletion is asked for too early or too late."""

    code = "day_out_of_range"
    status = 400


class MoneyOwed(DomainError):
    """The region owes money to people. `context["owed"]` lists it."""

    code = "money_owed"


class HostRefused(DomainError):
    """This can be nobody's own host: an address of ours, a network address, a public suffix, or not a host at all."""

    code = "host_refused"
    status = 400


class HostTaken(DomainError):
    """The host belongs, or belonged, to another region."""

    code = "host_taken"


class TooManyHosts(DomainError):
    """The region has as many hosts as a region may have, or asks too often."""

    code = "too_many_hosts"
    status = 429
