"""A region inside another's area is carved out of it, with that one's consent.

docs/adr/0007 tells the path. What the asked region decides is written from its own site; it reaches its own requests only.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shared_apps.onboarding.errors import AreaTaken, ConsentMissing, Incomplete
from shared_apps.onboarding.locks import hold_coverage_of
from shared_apps.onboarding.models import CarveOut, CarvingClaim, CoverageClaim, Registration
from shared_apps.regions.selectors import hits_of
from tenants.context import current_region, region_is_bound
from tenants.errors import OutOfRegion
from tenants.hosts import region_url
from tenants.kernel.moves import move
from tenants.models import Region, RegionStatus
from tenants.outbox.services import put_mail

PAGE = "/wilayah/pemekaran/"


def region_to_ask(codes: Sequence[str]) -> Region | None:
    """The one live region that holds all these kecamatan and others besides; None when there is no such region."""
    holders = list(CoverageClaim.objects.filter(kecamatan_code__in=codes).values_list("region_id", flat=True))
    if len(holders) != len(codes) or len(set(holders)) != 1 or holders[0] is None:
        return None
    region: Region | None = Region.objects.filter(pk=holders[0], status=RegionStatus.READY).first()
    if region is None or CoverageClaim.objects.filter(region=region).count() <= len(codes):
        return None
    return region


def ask(*, registration: Registration, region: Region, codes: Sequence[str]) -> CarveOut:
    """The region is asked for these kecamatan; nobody else can ask for them meanwhile. Inside the caller's transaction.

    Raises:  AreaTaken when another request has one of them, or when nothing would be left to the region.
    Writes:  the request with its claims; mail to the address that the region registered with.
    """
    hold_coverage_of(region)
    request = CarveOut.objects.create(
        registration=registration,
        region=region,
        kecamatan_codes=sorted(codes),
        name=registration.name,
        institution=registration.institution,
        applicant_name=registration.applicant_name,
        applicant_position=registration.applicant_position,
        applicant_email=registration.email,
    )
    wanted = [CarvingClaim(kecamatan_code=code, carve_out=request) for code in sorted(codes)]
    CarvingClaim.objects.bulk_create(wanted, ignore_conflicts=True)
    taken = CarvingClaim.objects.filter(kecamatan_code__in=codes).exclude(carve_out=request)
    first = list(taken.order_by("kecamatan_code").values_list("kecamatan_code", flat=True)[:5])
    if first:
        raise AreaTaken(
            _("Another registration has asked for the same areas first: %(names)s.") % {"names": names_of(first)},
            codes=first,
        )
    held = CoverageClaim.objects.filter(region=region).count()
    if held <= CarvingClaim.objects.filter(carve_out__region=region).count():
        raise AreaTaken(
            _("%(name)s must keep at least one kecamatan, and others have asked for the rest of it.")
            % {"name": region.name}
        )
    _tell_region(
        request,
        "ask",
        gettext_lazy("%(new)s asks to become a region of its own"),
        gettext_lazy(
            "%(institution)s asks that these kecamatan leave %(name)s and become a region of their own: %(areas)s.\n\n"
            "Nothing changes unless you agree. Sign in as admin of the region to agree or refuse:\n\n%(link)s"
        ),
    )
    return request


def agree(*, request: CarveOut, by: str) -> None:
    """The region lets its kecamatan go once the new region opens. Called in the asked region.

    States:  asked, refused -> agreed. Agreeing twice changes nothing.
    Raises:  StaleDocument when the new region is no longer wanted, or being built already.
    Writes:  history row; mail to the applicant through the region's outbox.
    """
    _must_be_asked(request)
    with transaction.atomic():
        if move(request, "agree", by=by):
            _tell_applicant(
                request,
                gettext_lazy("%(name)s agrees to %(new)s"),
                gettext_lazy(
                    "%(name)s agrees that %(areas)s become a region of their own. The central operator decides next."
                ),
            )


def refuse(*, request: CarveOut, by: str, reason: str) -> None:
    """The region keeps its kecamatan; the applicant is told why. Called in the asked region.

    States:  asked, agreed -> refused. It may still agree later, while the registration is in review.
    Raises:  Incomplete without a reason; StaleDocument as for `agree`.
    Writes:  history row; mail to the applicant through the region's outbox.
    """
    _must_be_asked(request)
    if not reason.strip():
        raise Incomplete(_("Say why, so that the applicant knows what to do."))
    with transaction.atomic():
        if move(request, "refuse", by=by, reason=reason):
            _tell_applicant(
                request,
                gettext_lazy("%(name)s does not agree to %(new)s"),
                gettext_lazy("%(name)s does not agree that %(areas)s become a region of their own:\n\n%(reason)s"),
            )


def seal(*, registration: Registration, by: str) -> None:
    """The consent can no longer be taken back: the registration is being approved. Inside the caller's transaction.

    Raises:  ConsentMissing. A registration that asks nobody passes.
    """
    request = _of(registration)
    if request is None:
        return
    # Locked before it is looked at: the region may refuse in this very moment.
    request = CarveOut.objects.select_for_update(of=("self",)).select_related("region").get(pk=request.pk)
    if request.state not in (CarveOut.State.AGREED, CarveOut.State.SEALED):
        raise ConsentMissing(
            _(
                "%(name)s has not agreed that these kecamatan leave it: %(areas)s. "
                "Wait for its answer, or reject the registration."
            )
            % {"name": request.region.name, "areas": names_of(request.kecamatan_codes)}
        )
    move(request, "seal", by=by)


def carve(*, registration: Registration, region: Region, by: str) -> None:
    """The kecamatan change hands, as the new region opens. Inside the transaction that opens it.

    Exactly the rows that were agreed on move, in one statement, so that there is never a moment with two holders or none.
    Raises:  ConsentMissing when the rows are not all the asked region's any more; nothing has moved then.
    Writes:  CoverageClaim; mail to the region that was asked.
    """
    request = _of(registration)
    if request is None:
        return
    hold_coverage_of(request.region)
    if not move(request, "carve", by=by):
        return
    agreed = CoverageClaim.objects.filter(kecamatan_code__in=request.kecamatan_codes, region_id=request.region_id)
    moved = agreed.update(registration=registration, region=region)
    if moved != len(request.kecamatan_codes) or not CoverageClaim.objects.filter(region=request.region_id).exists():
        raise ConsentMissing(
            _("The areas of %(name)s have changed since it agreed. An operator must look at it.")
            % {"name": request.region.name}
        )
    request.claims.all().delete()
    _tell_region(
        request,
        "carve",
        gettext_lazy("%(new)s is now a region of its own"),
        gettext_lazy("From now on these kecamatan belong to the new region and no longer to %(name)s: %(areas)s."),
    )


def end(*, registration: Registration, by: str) -> None:
    """The registration ended, so nobody is asked for anything any more. Inside the caller's transaction."""
    request = _of(registration)
    if request is not None:
        move(request, "end", by=by)
        request.claims.all().delete()


def names_of(codes: Sequence[str]) -> str:
    """The areas as people read them."""
    return ", ".join(hit.area.name for hit in hits_of(codes))


def _of(registration: Registration) -> CarveOut | None:
    return CarveOut.objects.select_related("region").filter(registration=registration).first()


def _must_be_asked(request: CarveOut) -> None:
    # No page can get here with another region's request; a caller that does is a defect.
    if not region_is_bound() or request.region_id != current_region().pk:
        raise OutOfRegion(f"{request!r} was not made to the bound region")


def _tell_region(request: CarveOut, event: str, subject: Promise, body: Promise) -> None:
    """Mail to the address that the region itself registered with; its admins see the request on their site anyway."""
    asked: Registration | None = Registration.objects.filter(region=request.region_id).first()
    if asked is not None and asked.email:
        _mail(request, asked.email, event, subject, body, link=region_url(request.region, PAGE))


def _tell_applicant(request: CarveOut, subject: Promise, body: Promise) -> None:
    # The answer may change, so each answer is a mail of its own.
    _mail(request, request.applicant_email, f"answer-{request.events.count()}", subject, body)


def _mail(request: CarveOut, to: str, event: str, subject: Promise, body: Promise, **more: str) -> None:
    words = {
        "name": request.region.name,
        "new": request.name,
        "institution": request.institution,
        "areas": names_of(request.kecamatan_codes),
        "reason": request.reason,
        **more,
    }
    # In the language of the house, not in that of whoever happened to click.
    with translation.override(settings.LANGUAGE_CODE):
        put_mail(
            to=to,
            subject=str(subject) % words,
            body=str(body) % words,
            dedupe=f"onboarding.carving.{event}:{request.public_id}",
        )
