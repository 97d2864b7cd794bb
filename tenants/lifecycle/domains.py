"""Hosts of a region's own: wished for, proven by a TXT record, opened, looked after every day, given up for good.

All of it is called with the platform bound, or from a region's page, which is no transaction; the caller has checked who may.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenants.context import on_platform
from tenants.hosts import host_of_slug
from tenants.kernel import clock
from tenants.kernel.moves import move
from tenants.lifecycle import dns
from tenants.lifecycle.errors import HostTaken, NotInThisState, TooManyHosts
from tenants.lifecycle.history import note
from tenants.lifecycle.hooks import Admin, admins_of
from tenants.lifecycle.letters import tell_admins
from tenants.lifecycle.locks import hold, hold_claim
from tenants.lifecycle.models import DomainClaim, RegionEvent
from tenants.lifecycle.own_hosts import clean_host
from tenants.models import Domain, Region, RegionStatus, ReleasedHost, SlugClaim

log = logging.getLogger(__name__)

State = DomainClaim.State
Found = DomainClaim.Found
PROVEN = (State.VERIFIED, State.ACTIVE, State.FAILING)
BY = "system:lifecycle"

MOST_HOSTS = 5
EVERY = timedelta(days=1)
# So many daily checks in turn without proof: a failing host, a lost one.
FAILS_AFTER, LOST_AFTER = 3, 10
# How many hosts one round of the beat asks for; each may take some seconds.
A_ROUND = 20


def record_name(host: str) -> str:
    """Where the proof is written."""
    return f"_warsa.{host}"


def claims_of(region: Region) -> list[DomainClaim]:
    """The region's hosts that are not removed, the oldest first."""
    with on_platform():
        return list(DomainClaim.objects.filter(region=region).exclude(state=State.REMOVED).select_related("region"))


def claim_of(region: Region, public_id: UUID) -> DomainClaim | None:
    """The claim with this id, if it is the region's and not removed; another region's and none at all answer alike."""
    with on_platform():
        rows = DomainClaim.objects.filter(region=region, public_id=public_id).exclude(state=State.REMOVED)
        return rows.select_related("region").first()


def home_at(region: Region) -> str:
    """The region's address on the platform, asked from anywhere."""
    with on_platform():
        return home_of(region)


def primary_host(region: Region) -> str:
    """The host that links into the region name."""
    with on_platform():
        host: str = Domain.objects.filter(tenant=region, is_primary=True).values_list("domain", flat=True).get()
    return host


def ask(*, region: Region, text: str, by: str) -> DomainClaim:
    """The region wishes to answer at this host; it gets the words for the proof. Asking again gives the same words.

    Raises:  HostRefused; HostTaken by another region, now or ever; TooManyHosts.
    """
    host = clean_host(text)
    with on_platform(), transaction.atomic():
        hold(region)
        mine = DomainClaim.objects.filter(region=region).exclude(state=State.REMOVED)
        there = mine.filter(host=host).first()
        if there is not None:
            return there
        if mine.count() >= MOST_HOSTS:
            raise TooManyHosts(
                _("A region has at most %(most)s hosts of its own: remove one first.") % {"most": MOST_HOSTS}
            )
        _must_be_free(host, region)
        claim = DomainClaim.objects.create(region=region, host=host, by=by)
        note(region, "domain_ask", by=by, details={"host": host, "claim": str(claim.public_id)})
    return claim


def _must_be_free(host: str, region: Region) -> None:
    taken = (
        Domain.objects.filter(domain=host).exclude(tenant=region).exists()
        or ReleasedHost.objects.filter(host=host).exclude(region=region).exists()
        or DomainClaim.objects.filter(host=host, state__in=PROVEN).exclude(region=region).exists()
    )
    if taken:
        raise _taken(host)


def check(*, claim: DomainClaim, by: str = BY, daily: bool = False) -> DomainClaim:
    """The DNS is asked once; the claim says what it found. Not inside a transaction.

    Only a `daily` check that finds no proof counts against a host that was proven before: whoever looks in a bad hour may.
    States:  pending -> verified; active -> failing after three days without proof, and back; verified -> pending likewise;
             failing -> removed after ten.
    Raises:  HostTaken when another region has proven the host first.
    Writes:  history; mail to the admins when the proof is missing, there again, or the host lost.
    """
    found = _look(claim)
    # Only where it may come to a mail; asked before the transaction, for it is the region that knows.
    admins = admins_of(claim.region) if claim.state in (State.ACTIVE, State.FAILING) else []
    try:
        with on_platform(), transaction.atomic():
            hold(claim.region)
            held = hold_claim(claim)
            if held.state != State.REMOVED:
                _judge(held, found, by=by, daily=daily, admins=admins)
    except IntegrityError:
        raise _taken(claim.host) from None
    return held


def _look(claim: DomainClaim) -> DomainClaim.Found:
    try:
        texts = dns.texts_of(record_name(claim.host))
    except dns.Unanswered:
        return Found.UNANSWERED
    if claim.proof in (text.strip() for text in texts):
        return Found.PROOF
    return Found.OTHER if texts else Found.MISSING


def _judge(claim: DomainClaim, found: DomainClaim.Found, *, by: str, daily: bool, admins: list[Admin]) -> None:
    claim.found = found
    is_proven = found == Found.PROOF
    if is_proven or daily or claim.state == State.PENDING:
        claim.checked_at = clock.now()
        claim.failures = 0 if is_proven else claim.failures + (1 if daily else 0)
    claim.save(update_fields=["checked_at", "found", "failures"])
    if is_proven and claim.state == State.PENDING:
        _must_be_free(claim.host, claim.region)
        move(claim, "verify", by=by)
    elif is_proven and claim.state == State.FAILING:
        move(claim, "recover", by=by)
        _tell(claim, admins, RECOVERED)
    elif claim.failures >= FAILS_AFTER and claim.state == State.VERIFIED:
        move(claim, "lapse", by=by, reason=found)
    elif claim.failures >= FAILS_AFTER and claim.state == State.ACTIVE:
        move(claim, "fail", by=by, reason=found)
        # Links in new mails name an address that surely stays.
        _make_primary(claim.region, home_of(claim.region), by=by)
        _tell(claim, admins, MISSING)
    elif claim.failures >= LOST_AFTER and claim.state == State.FAILING:
        _give_up(claim, by=by, reason=found)
        _tell(claim, admins, LOST)


# Subject and body.
Letter = tuple[str | Promise, str | Promise]
RECOVERED: Letter = (
    gettext_lazy("%(host)s is proven again"),
    gettext_lazy("The TXT record of %(host)s is there again. There is nothing that you must do."),
)
MISSING: Letter = (
    gettext_lazy("The proof of %(host)s is missing"),
    gettext_lazy(
        "The TXT record %(record)s was not found for three days. Put it back with the value %(proof)s.\n\n"
        "%(host)s still opens, but gets no new certificate, and is removed for good after %(days)s more days."
    ),
)
LOST: Letter = (
    gettext_lazy("%(host)s is removed"),
    gettext_lazy("%(host)s was not proven any more and is removed. Ask for it again to take it back."),
)


def _tell(claim: DomainClaim, admins: list[Admin], letter: Letter) -> None:
    subject, body = letter
    tell_admins(
        admins,
        subject,
        body,
        # The step of this transaction is the newest of the region's history.
        dedupe=f"domain:{RegionEvent.objects.filter(region=claim.region).values_list('pk', flat=True)[0]}",
        host=claim.host,
        record=record_name(claim.host),
        proof=claim.proof,
        days=LOST_AFTER - FAILS_AFTER,
    )


def _taken(host: str) -> HostTaken:
    """Taken and released answer alike: nobody learns whose it is."""
    return HostTaken(_("%(host)s belongs to another region, or once did. Write another one.") % {"host": host})


def points_here(claim: DomainClaim) -> bool | None:
    """Whether the host has an address of the region's own host here; None where the DNS does not say. Behind a CDN it has none."""
    try:
        ours = dns.addresses_of(home_at(claim.region))
        theirs = dns.addresses_of(claim.host)
    except dns.Unanswered:
        return None
    return bool(ours & theirs) if ours else None


def open_host(*, claim: DomainClaim, by: str) -> None:
    """The region answers at the host from now on.

    States:  verified -> active. Repeating it changes nothing.
    Raises:  StaleDocument; HostTaken.
    """
    try:
        with on_platform(), transaction.atomic():
            hold(claim.region)
            held = hold_claim(claim)
            if not move(held, "activate", by=by):
                return
            _must_be_free(held.host, held.region)
            Domain.objects.get_or_create(domain=held.host, defaults={"tenant": held.region, "is_primary": False})
            ReleasedHost.objects.filter(host=held.host, region=held.region).delete()
    except IntegrityError:
        raise _taken(claim.host) from None


def make_primary(*, region: Region, host: str, by: str) -> None:
    """Links into the region name this host from now on: one of its own that is open, or its address on the platform.

    Raises:  NotInThisState for any other host.
    """
    with on_platform(), transaction.atomic():
        held = hold(region)
        open_here = DomainClaim.objects.filter(region=held, host=host, state=State.ACTIVE).exists()
        if not open_here and host != home_of(held):
            raise NotInThisState(_("%(host)s is not open yet.") % {"host": host})
        _make_primary(held, host, by=by)


def _make_primary(region: Region, host: str, *, by: str) -> None:
    if Domain.objects.filter(tenant=region, domain=host, is_primary=True).exists():
        return
    before = list(Domain.objects.filter(tenant=region, is_primary=True).values_list("domain", flat=True))
    Domain.objects.filter(tenant=region, is_primary=True).update(is_primary=False)
    Domain.objects.filter(tenant=region, domain=host).update(is_primary=True)
    note(region, "domain_primary", by=by, details={"host": host, "before": before})


def home_of(region: Region) -> str:
    """The region's address on the platform, which it never loses. On the platform."""
    claim = SlugClaim.objects.filter(region=region).first()
    if claim is not None:
        return host_of_slug(claim.slug)
    suffix = host_of_slug("")
    hosts = Domain.objects.filter(tenant=region, domain__endswith=suffix).order_by("pk")
    return str(hosts.values_list("domain", flat=True)[0])


def remove(*, claim: DomainClaim, by: str, reason: str = "") -> None:
    """The region does not answer at the host any more, and no other region ever will; this one may take it back.

    Removing twice changes nothing.
    """
    with on_platform(), transaction.atomic():
        hold(claim.region)
        held = hold_claim(claim)
        if held.state != State.REMOVED:
            _give_up(held, by=by, reason=reason)


def _give_up(claim: DomainClaim, *, by: str, reason: str) -> None:
    was_open = claim.state in (State.ACTIVE, State.FAILING)
    move(claim, "remove", by=by, reason=reason)
    if was_open:
        _make_primary(claim.region, home_of(claim.region), by=by)
        Domain.objects.filter(tenant=claim.region, domain=claim.host).delete()
        ReleasedHost.objects.get_or_create(host=claim.host, defaults={"region": claim.region})


def check_due(most: int = A_ROUND) -> int:
    """Proven hosts whose last check is a day old are asked for, the longest unchecked first. Returns how many. On the platform."""
    due = DomainClaim.objects.filter(
        Q(checked_at=None) | Q(checked_at__lt=clock.now() - EVERY),
        state__in=PROVEN,
        region__status__in=(RegionStatus.READY, RegionStatus.SUSPENDED),
    )
    count = 0
    for claim in due.select_related("region").order_by("checked_at")[:most]:
        try:
            check(claim=claim, daily=True)
        except Exception:
            log.exception("the check of a domain failed")
        count += 1
    return count
