"""Sending a registration in, and what becomes of it."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from shared_apps.onboarding.errors import AreaTaken, Incomplete, SlugTaken
from shared_apps.onboarding.models import CarveOut, CoverageClaim, Registration, State
from shared_apps.onboarding.services import carving
from shared_apps.regions.selectors import area, districts_under
from tenants.hosts import platform_url
from tenants.kernel.moves import move
from tenants.models import Region, SlugClaim
from tenants.outbox.services import put_mail
from tenants.provisioning import give_up


def submit(*, registration: Registration) -> None:
    """The registration is in review and holds its kecamatan and slug. Submitting twice changes nothing.

    Kecamatan that all lie in one live region stay that region's: it is asked for them instead (see services.carving).
    States:  email_verified -> in_review (-> approved, for a confirmed .go.id address where the setting allows).
    Raises:  Incomplete, AreaTaken, SlugTaken.
    """
    with transaction.atomic():
        Registration.objects.select_for_update().get(pk=registration.pk)
        registration.refresh_from_db()
        if registration.state == State.IN_REVIEW:
            return
        _must_be_complete(registration)
        _claim(registration)
        move(registration, "submit", by=f"applicant:{registration.public_id}")
        _tell(
            registration,
            "submit",
            _("We have received the registration of %(name)s"),
            _("We will mail you the decision."),
        )
        by_mail = settings.ONBOARDING_AUTO_APPROVE_GOV_MAIL and registration.email.endswith(".go.id")
        if by_mail and not CarveOut.objects.filter(registration=registration).exists():
            approve(registration=registration, by="system:gov-mail", reason=_("Confirmed government mail address."))


def missing_steps(registration: Registration) -> list[str]:
    """The wizard's pages that still lack an answer, in their order."""
    lacking = [
        ("wilayah", not registration.area_codes),
        ("pemohon", not (registration.applicant_name and registration.email and registration.institution)),
        ("bukti", not registration.proof or not registration.services),
        ("alamat", not (registration.name and registration.slug)),
    ]
    return [step for step, lacks in lacking if lacks]


def _must_be_complete(registration: Registration) -> None:
    for step in missing_steps(registration):
        raise Incomplete(_("Some answers are still missing."), step=step)
    if registration.state == State.DRAFT:
        raise Incomplete(_("Open the link in our mail first: it confirms your e-mail address."))


def _claim(registration: Registration) -> None:
    codes = districts_under(registration.area_codes)
    # One order for everybody, so that two sets that overlap wait for each other instead of deadlocking.
    wanted = [CoverageClaim(kecamatan_code=code, registration=registration) for code in sorted(codes)]
    CoverageClaim.objects.bulk_create(wanted, ignore_conflicts=True)
    held = CoverageClaim.objects.filter(kecamatan_code__in=codes).exclude(registration=registration)
    taken = list(held.order_by("kecamatan_code").values_list("kecamatan_code", flat=True)[:5])
    asked = carving.region_to_ask(codes) if taken else None
    if asked is not None:
        carving.ask(registration=registration, region=asked, codes=codes)
    elif taken:
        names = ", ".join(area(code).name for code in taken)
        raise AreaTaken(
            _("Already registered by another region: %(names)s. Choose other areas, or write to that region's admin.")
            % {"names": names},
            codes=taken,
        )
    claim, _fresh = SlugClaim.objects.get_or_create(
        slug=registration.slug, defaults={"held_for": registration.public_id}
    )
    if claim.held_for != registration.public_id:
        raise SlugTaken(_("The address %(slug)s is taken. Choose another one.") % {"slug": registration.slug})


def approve(*, registration: Registration, by: str, reason: str = "") -> None:
    """The region will be built. States: in_review -> approved. Writes: mail, the building task.

    Raises:  ConsentMissing while the region that holds the kecamatan has not agreed.
    """
    from shared_apps.onboarding.tasks import provision

    with transaction.atomic():
        if move(registration, "approve", by=by, reason=reason):
            carving.seal(registration=registration, by=by)
            _tell(
                registration,
                "approve",
                _("%(name)s is approved"),
                _("Your market is being built now. Watch it here:\n\n%(link)s")
                % {"link": platform_url(f"/daftar/{registration.public_id}/pantau/")},
            )
            provision.on_commit(registration.pk)


def reject(*, registration: Registration, by: str, reason: str) -> None:
    """The registration ends; its kecamatan and slug are free again. States: in_review -> rejected.

    Raises:  Incomplete without a reason.
    """
    if not reason.strip():
        raise Incomplete(_("Say why, so that the applicant knows what to do."))
    with transaction.atomic():
        if move(registration, "reject", by=by, reason=reason):
            registration.reason = reason
            registration.save(update_fields=["reason"])
            _free(registration, by)
            _tell(registration, "reject", _("About the registration of %(name)s"), reason)


def withdraw(*, registration: Registration, by: str) -> None:
    """The applicant no longer wants it. What was built of it is taken down. States: any before live -> withdrawn."""
    with transaction.atomic():
        if not move(registration, "withdraw", by=by):
            return
        region = registration.region
        registration.region = None
        registration.save(update_fields=["region"])
        _free(registration, by)
        if region is not None:
            give_up(region)
            Region.objects.filter(pk=region.pk, ready_at=None).delete()


def _free(registration: Registration, by: str) -> None:
    carving.end(registration=registration, by=by)
    CoverageClaim.objects.filter(registration=registration, region=None).delete()
    SlugClaim.objects.filter(held_for=registration.public_id, region=None).delete()


def retry(*, registration: Registration, by: str) -> None:
    """Building goes on at the step that failed. States: failed -> approved."""
    from shared_apps.onboarding.tasks import provision

    with transaction.atomic():
        if move(registration, "retry", by=by):
            provision.on_commit(registration.pk)


def _tell(registration: Registration, event: str, subject: str, body: str) -> None:
    put_mail(
        to=registration.email,
        subject=subject % {"name": registration.name},
        body=body,
        dedupe=f"onboarding.{event}:{registration.public_id}",
    )
