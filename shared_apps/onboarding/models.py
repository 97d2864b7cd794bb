"""From the wish for a market to a live region."""

from __future__ import annotations

import secrets
import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tenants.context import current_region, region_is_bound
from tenants.kernel.moves import Move, Moves, Step
from tenants.models import Region


class State(models.TextChoices):
    DRAFT = "draft", _("being filled in")
    EMAIL_VERIFIED = "email_verified", _("e-mail confirmed")
    IN_REVIEW = "in_review", _("in review")
    APPROVED = "approved", _("approved")
    PROVISIONING = "provisioning", _("being built")
    LIVE = "live", _("live")
    REJECTED = "rejected", _("rejected")
    WITHDRAWN = "withdrawn", _("withdrawn")
    FAILED = "failed", _("building failed")


class Service(models.TextChoices):
    SEMBAKO = "sembako", _("Staple goods from warungs")
    FRESH_FOOD = "fresh_food", _("Fresh Food")
    BANK_SAMPAH = "bank_sampah", _("Bank Sampah (savings from waste)")
    AGENT_BANKING = "agent_banking", _("Agen BNI 46 (banking at the warung)")
    URBAN_FARMING = "urban_farming", _("Urban farming")
    TRAINING = "training", _("Free training")


def proof_path(registration: Registration, filename: str) -> str:
    """A name that nobody can guess and that holds nothing of the person's own."""
    return f"onboarding/{registration.public_id}/{secrets.token_hex(16)}"


class Registration(models.Model):
    """A region's wish to join. Its claims hold kecamatan and slug from submission on."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    state = models.CharField(max_length=16, choices=State, default=State.DRAFT)
    area_codes = models.JSONField(default=list)
    name = models.CharField(max_length=120, blank=True)
    slug = models.CharField(max_length=30, blank=True)
    applicant_name = models.CharField(max_length=120, blank=True)
    applicant_position = models.CharField(max_length=120, blank=True)
    institution = models.CharField(max_length=160, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=20, blank=True)
    proof = models.FileField(upload_to=proof_path, blank=True)
    proof_type = models.CharField(max_length=40, blank=True)
    services = models.JSONField(default=list)
    # The secret of the mail link that resumes and proves the e-mail address.
    token_hash = models.CharField(max_length=64, unique=True, null=True)
    token_made_at = models.DateTimeField(null=True)
    source_hash = models.CharField(max_length=64, blank=True)
    reason = models.TextField(blank=True)
    region = models.OneToOneField(Region, null=True, blank=True, on_delete=models.PROTECT, related_name="registration")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    moves: ClassVar[Moves] = Moves(
        Move("verify_email", (State.DRAFT,), State.EMAIL_VERIFIED),
        Move("change_email", (State.EMAIL_VERIFIED,), State.DRAFT),
        Move("submit", (State.EMAIL_VERIFIED,), State.IN_REVIEW),
        Move("approve", (State.IN_REVIEW,), State.APPROVED),
        Move("reject", (State.IN_REVIEW,), State.REJECTED),
        Move("withdraw", (State.DRAFT, State.EMAIL_VERIFIED, State.IN_REVIEW, State.FAILED), State.WITHDRAWN),
        Move("build", (State.APPROVED,), State.PROVISIONING),
        Move("fail", (State.PROVISIONING,), State.FAILED),
        Move("retry", (State.FAILED,), State.APPROVED),
        Move("open", (State.PROVISIONING,), State.LIVE),
    )

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=State.values), name="registration_state_known"),
        ]

    def __str__(self) -> str:
        return self.name or str(self.public_id)

    def record_move(self, step: Step) -> None:
        RegistrationEvent.objects.create(
            registration=self, move=step.move, before=step.before, after=step.after, by=step.by, reason=step.reason
        )

    @property
    def editable(self) -> bool:
        """Whether the applicant may still change it."""
        return self.state in (State.DRAFT, State.EMAIL_VERIFIED)


class RegistrationEvent(models.Model):
    """One step that a registration took."""

    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="events")
    move = models.CharField(max_length=20)
    before = models.CharField(max_length=16, choices=State)
    after = models.CharField(max_length=16, choices=State)
    by = models.CharField(max_length=80)
    reason = models.TextField(blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.before} -> {self.after}"


class CoverageClaim(models.Model):
    """One kecamatan, held by one registration: the primary key is why no kecamatan is ever in two regions."""

    kecamatan_code = models.CharField(max_length=13, primary_key=True)
    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="claims")
    region = models.ForeignKey(Region, null=True, blank=True, on_delete=models.PROTECT, related_name="coverage")

    def __str__(self) -> str:
        return self.kecamatan_code


class OwnRows(models.Manager["CarveOut"]):
    """Inside a region, only the requests that were made to it; on the platform, all."""

    def get_queryset(self) -> models.QuerySet[CarveOut]:
        rows = super().get_queryset()
        return rows.filter(region=current_region()) if region_is_bound() else rows


class CarveOut(models.Model):
    """A registration asks a live region for some of its kecamatan.

    The asked region reads this row from its own site and reaches nothing else of the registration, so all that it needs to
    decide is written here.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("waiting for the answer")
        AGREED = "agreed", _("agreed")
        REFUSED = "refused", _("refused")
        # The registration is approved in trust of the consent, which can no longer be taken back.
        SEALED = "sealed", _("agreed, the new market is being built")
        CARVED = "carved", _("carved out")
        ENDED = "ended", _("no longer wanted")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    registration = models.OneToOneField(Registration, on_delete=models.CASCADE, related_name="carve_out")
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="carve_outs")
    state = models.CharField(max_length=8, choices=State, default=State.ASKED)
    kecamatan_codes = models.JSONField()
    name = models.CharField(max_length=120)
    institution = models.CharField(max_length=160)
    applicant_name = models.CharField(max_length=120)
    applicant_position = models.CharField(max_length=120, blank=True)
    applicant_email = models.EmailField()
    asked_at = models.DateTimeField(auto_now_add=True)

    moves: ClassVar[Moves] = Moves(
        Move("agree", (State.ASKED, State.REFUSED), State.AGREED),
        Move("refuse", (State.ASKED, State.AGREED), State.REFUSED),
        Move("seal", (State.AGREED,), State.SEALED),
        Move("carve", (State.SEALED,), State.CARVED),
        Move("end", (State.ASKED, State.AGREED, State.REFUSED, State.SEALED), State.ENDED),
    )

    objects: ClassVar[OwnRows] = OwnRows()

    class Meta:
        ordering = ["-pk"]
        # For the related lookups and for `move` too.
        base_manager_name = "objects"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    state__in=["asked", "agreed", "refused", "sealed", "carved", "ended"],
                ),
                name="carve_out_state_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.state}"

    def record_move(self, step: Step) -> None:
        CarveOutEvent.objects.create(
            carve_out=self, move=step.move, before=step.before, after=step.after, by=step.by, reason=step.reason
        )

    @property
    def reason(self) -> str:
        """Why the region does not agree; empty unless it refuses now."""
        # Not a column: a second UPDATE in the transaction of a move would check the foreign keys anew at COMMIT, and wait
        # there for whoever holds the registration and waits for this row.
        refusal = self.events.filter(after=self.State.REFUSED).last() if self.state == self.State.REFUSED else None
        return refusal.reason if refusal else ""

    @property
    def open_for_answer(self) -> bool:
        """Whether the asked region may still agree or refuse."""
        return self.state in (self.State.ASKED, self.State.AGREED, self.State.REFUSED)


class OwnEvents(models.Manager["CarveOutEvent"]):
    """Inside a region, only the history of the requests that were made to it."""

    def get_queryset(self) -> models.QuerySet[CarveOutEvent]:
        rows = super().get_queryset()
        return rows.filter(carve_out__region=current_region()) if region_is_bound() else rows


class CarveOutEvent(models.Model):
    """One step that a request took."""

    carve_out = models.ForeignKey(CarveOut, on_delete=models.CASCADE, related_name="events")
    move = models.CharField(max_length=20)
    before = models.CharField(max_length=8, choices=CarveOut.State)
    after = models.CharField(max_length=8, choices=CarveOut.State)
    by = models.CharField(max_length=80)
    reason = models.TextField(blank=True)
    at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[OwnEvents] = OwnEvents()

    class Meta:
        ordering = ["at", "pk"]
        base_manager_name = "objects"

    def __str__(self) -> str:
        return f"{self.before} -> {self.after}"


class CarvingClaim(models.Model):
    """One kecamatan that a region is asked for: the primary key is why it is never promised to two."""

    kecamatan_code = models.CharField(max_length=13, primary_key=True)
    carve_out = models.ForeignKey(CarveOut, on_delete=models.CASCADE, related_name="claims")

    def __str__(self) -> str:
        return self.kecamatan_code


class WarungMove(models.Model):
    """The warungs of carved kecamatan go to the new region: offered by the old one, accepted by the new one."""

    class State(models.TextChoices):
        OFFERED = "offered", pgettext_lazy("warungs", "offered")
        ACCEPTED = "accepted", _("accepted")
        MOVING = "moving", _("under way")
        MOVED = "moved", _("done")
        REFUSED = "refused", _("not wanted")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    carve_out = models.ForeignKey(CarveOut, on_delete=models.PROTECT, related_name="warung_moves")
    source = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="warungs_given")
    target = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="warungs_taken")
    state = models.CharField(max_length=8, choices=State, default=State.OFFERED)
    by = models.CharField(max_length=80)
    offered_at = models.DateTimeField(auto_now_add=True)
    # What would go: {"parts": {name: count}, "there": {name: count}, "obstacles": [sentences]}.
    preview = models.JSONField(default=dict)
    # What must be settled before, a sentence each; empty where nothing stands in the way.
    obstacles = models.JSONField(default=list)
    # What came of it: {part: {"count": …, "left_out": [sentences]}}.
    result = models.JSONField(default=dict)

    moves: ClassVar[Moves] = Moves(
        Move("accept", (State.OFFERED,), State.ACCEPTED),
        Move("refuse", (State.OFFERED, State.ACCEPTED), State.REFUSED),
        Move("begin", (State.ACCEPTED,), State.MOVING),
        Move("finish", (State.MOVING,), State.MOVED),
    )

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["offered", "accepted", "moving", "moved", "refused"]),
                name="warung_move_state_known",
            ),
            models.UniqueConstraint(
                fields=["carve_out"], condition=~models.Q(state="refused"), name="warung_move_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} -> {self.target_id}: {self.state}"

    def record_move(self, step: Step) -> None:
        from tenants.lifecycle.history import note

        for region in (self.source, self.target):
            note(
                region,
                f"warungs_{step.move}",
                by=step.by,
                reason=step.reason,
                details={"move": str(self.public_id), "before": step.before, "after": step.after},
            )


class BuildStep(models.Model):
    """One named step of building a region, shown while it runs."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="build_steps")
    name = models.CharField(max_length=40)
    order = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    message = models.TextField(blank=True)
    touched_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["registration", "name"], name="build_step_once")]

    def __str__(self) -> str:
        return f"{self.name}: {self.state}"


class Blueprint(models.Model):
    """One version of what a region gives to those that copy it. The database refuses to change a row."""

    slug = models.SlugField(_("blueprint"), max_length=60)
    version = models.PositiveIntegerField(_("version"))
    name = models.CharField(_("name"), max_length=120)
    # The live region whose market it was taken from; none for those that come with the software.
    region = models.ForeignKey(Region, null=True, blank=True, on_delete=models.PROTECT, related_name="blueprints")
    source_note = models.TextField(_("where it comes from"), blank=True)
    document = models.JSONField()
    # Of the document in its canonical form, see services.blueprints.digest_of.
    sha256 = models.CharField(max_length=64)
    by = models.CharField(max_length=80)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["slug", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["slug", "version"], name="blueprint_version_once"),
            models.CheckConstraint(condition=models.Q(version__gte=1), name="blueprint_version_counts"),
        ]

    def __str__(self) -> str:
        return f"{self.slug} {self.version}"


class BlueprintChoice(models.Model):
    """From then on, new regions copy this version. The newest row counts."""

    blueprint = models.ForeignKey(Blueprint, on_delete=models.PROTECT, related_name="choices")
    by = models.CharField(max_length=80)
    chosen_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return str(self.blueprint)


class BlueprintUse(models.Model):
    """A region copied a blueprint: which sections it took, and which no app of its time could take."""

    region = models.OneToOneField(Region, on_delete=models.CASCADE, related_name="blueprint_use")
    blueprint = models.ForeignKey(Blueprint, on_delete=models.PROTECT, related_name="uses")
    applied = models.JSONField(default=list)
    not_applied = models.JSONField(default=list)
    started_at = models.DateTimeField(auto_now_add=True)
    applied_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.region}: {self.blueprint}"
