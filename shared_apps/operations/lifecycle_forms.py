"""What operators write when a region takes a step of its life."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from tenants.kernel import clock
from tenants.lifecycle.closing import KEPT, NOTICE

ZONE = ZoneInfo("Asia/Jakarta")


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Kept in the region's history, and mailed to its admins."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
    )


class UnmailedForm(ReasonForm):
    """Why, for steps of which the region's admins read in its own log."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["reason"].help_text = _("Kept in the region's history and in its own log, which its admins read.")


class ShareForm(UnmailedForm):
    """How much of the web a region gets while others come too."""

    share = forms.IntegerField(
        label=_("Percent of each web process"),
        help_text=_("What it gets for sure while others come too. Alone it may use all. Usual: 30."),
        min_value=1,
        max_value=100,
    )


class SuspendForm(ReasonForm):
    """Why, and what visitors read."""

    told = forms.CharField(
        label=_("What visitors read"),
        help_text=_("Stands on the page that everybody sees meanwhile. No names."),
        max_length=300,
        required=False,
    )


class CloseForm(ReasonForm):
    """Why, when, how money goes back, and the slug once more."""

    closes_on = forms.DateField(label=_("Shut on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    keep_days = forms.IntegerField(
        label=_("Days from then until the data are deleted"),
        min_value=KEPT[0].days,
        max_value=KEPT[1].days,
        initial=KEPT[0].days,
    )
    settlement = forms.CharField(
        label=_("How people get the money that the region owes them"),
        help_text=_("Needed only where it owes some: who pays whom, how, and until when."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        required=False,
    )
    typed_slug = forms.CharField(label=_("The region's short name, typed once more"), max_length=60)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        first = clock.today() + NOTICE[0]
        self.fields["closes_on"].initial = first
        self.fields["closes_on"].widget.attrs |= {
            "min": first.isoformat(),
            "max": (clock.today() + NOTICE[1] - timedelta(days=1)).isoformat(),
        }

    def moments(self) -> tuple[datetime, datetime]:
        """When it is shut, and when its data are deleted: at midnight in Jakarta."""
        day: date = self.cleaned_data["closes_on"]
        shut = datetime.combine(day, time(0), tzinfo=ZONE)
        return shut, shut + timedelta(days=self.cleaned_data["keep_days"])
