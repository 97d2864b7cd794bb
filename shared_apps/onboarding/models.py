"""From the wish for a market to a live region."""

from __future__ import annotations

import secrets
import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

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
