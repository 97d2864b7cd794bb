"""A region inside another's area is carved out of it with that one's consent, and never by half.

Kota Palembang (16.71) is served by the region Kalidoni here; Kecamatan Sukarami (16.71.07) wants a market of its own.
Lombok is the region that has no business in it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from shared_apps.onboarding.consents import request_to_us, requests_to_us, waiting_for_our_answer
from shared_apps.onboarding.errors import AreaTaken, ConsentMissing, Incomplete
from shared_apps.onboarding.models import CarveOut, CarveOutEvent, CarvingClaim, CoverageClaim, Registration, State
from shared_apps.onboarding.services import building
from shared_apps.onboarding.services.building import build
from shared_apps.onboarding.services.carving import agree, refuse
from shared_apps.onboarding.services.deciding import approve, reject, retry, submit, withdraw
from tenants.context import in_region, on_platform
from tenants.errors import OutOfRegion
from tenants.kernel.errors import DomainError, StaleDocument
from tenants.models import Region, RegionStatus
from tenants.outbox.models import OutboxMessage
from tests.shared_apps.onboarding.people import complete
from tests.trials import rounds

pytestmark = pytest.mark.usefixtures("committed")

SUKARAMI = "16.71.07"
ADMIN = "user:budi"
OPERATOR = "operator:test"


def holds(region: Region, areas: list[str], slug: str) -> None:
    """The region was registered for these areas and is live."""
    first = complete(areas, slug=slug, email=f"camat.{slug}@example.test", name=region.name)
    submit(registration=first)
    Registration.objects.filter(pk=first.pk).update(state=State.LIVE, region=region)
    CoverageClaim.objects.filter(registration=first).update(region=region)


def asking(areas: list[str], slug: str = "sukarami") -> Registration:
    """A registration that is in review and waits for a consent."""
    registration = complete(areas, slug=slug, email=f"{slug}@example.test", name=slug.title())
    submit(registration=registration)
    return registration


def held_by(region: Region) -> set[str]:
    return set(CoverageClaim.objects.filter(region=region).values_list("kecamatan_code", flat=True))


@pytest.fixture
def palembang(kalidoni: Region) -> Region:
    with on_platform():
        holds(kalidoni, ["16.71"], "palembang")
    return kalidoni


def our_request(region: Region) -> CarveOut:
    with in_region(region):
        return requests_to_us().get()


def test_from_the_wish_to_a_region_of_its_own(palembang: Region) -> None:
    with on_platform():
        before = held_by(palembang)
        registration = asking([SUKARAMI])
        assert registration.state == State.IN_REVIEW
        letter = OutboxMessage.objects.get(dedupe__startswith="onboarding.carving.ask:")
        assert letter.payload["to"] == "camat.palembang@example.test"
        assert "kalidoni.localhost:8000/wilayah/pemekaran/" in letter.payload["body"]
        with pytest.raises(ConsentMissing, match="Kalidoni"):
            approve(registration=registration, by=OPERATOR)
        registration.refresh_from_db()
        assert registration.state == State.IN_REVIEW
        assert held_by(palembang) == before
    with in_region(palembang):
        assert waiting_for_our_answer() == 1
        request = requests_to_us().get()
        agree(request=request, by=ADMIN)
        agree(request=request, by=ADMIN)
        assert waiting_for_our_answer() == 0
        assert [mail.payload["to"] for mail in OutboxMessage.objects.all()] == ["sukarami@example.test"]
    with on_platform():
        assert held_by(palembang) == before
        approve(registration=registration, by=OPERATOR)
        assert held_by(palembang) == before
        build(registration.pk)
        registration.refresh_from_db()
        assert registration.state == State.LIVE
        assert registration.region is not None
        assert held_by(registration.region) == {SUKARAMI}
        assert held_by(palembang) == before - {SUKARAMI}
        assert CoverageClaim.objects.get(pk=SUKARAMI).registration == registration
        assert not CarvingClaim.objects.exists()
        assert OutboxMessage.objects.filter(dedupe__startswith="onboarding.carving.carve:").count() == 1
        moves = CarveOutEvent.objects.values_list("move", "before", "after", "by")
        assert list(moves) == [
            ("agree", "asked", "agreed", ADMIN),
            ("seal", "agreed", "sealed", OPERATOR),
            ("carve", "sealed", "carved", "system:provisioning"),
        ]
    with in_region(palembang), pytest.raises(StaleDocument):
        refuse(request=our_request(palembang), by=ADMIN, reason="Terlambat.")


def test_a_refusal_says_why_and_may_be_thought_over(palembang: Region) -> None:
    with on_platform():
        registration = asking([SUKARAMI])
    request = our_request(palembang)
    with in_region(palembang):
        with pytest.raises(Incomplete):
            refuse(request=request, by=ADMIN, reason=" ")
        assert our_request(palembang).state == CarveOut.State.ASKED
        refuse(request=request, by=ADMIN, reason="Satker kami baru saja membeli beras untuk Sukarami.")
        refuse(request=request, by=ADMIN, reason="Satker kami baru saja membeli beras untuk Sukarami.")
        assert "membeli beras" in OutboxMessage.objects.get().payload["body"]
    with on_platform(), pytest.raises(ConsentMissing):
        approve(registration=registration, by=OPERATOR)
    with in_region(palembang):
        agree(request=request, by=ADMIN)
        refuse(request=request, by=ADMIN, reason="Belum.")
        agree(request=request, by=ADMIN)
        assert OutboxMessage.objects.count() == 4
    with on_platform():
        approve(registration=registration, by=OPERATOR)
    with in_region(palembang), pytest.raises(StaleDocument):
        refuse(request=request, by=ADMIN, reason="Terlambat.")
    assert our_request(palembang).state == CarveOut.State.SEALED


@pytest.mark.parametrize(
    ("case", "areas"),
    [
        ("all of it", ["16.71"]),
        ("a part, and a free one besides", [SUKARAMI, "16.02.02"]),
        ("parts of two regions", [SUKARAMI, "52.71.01"]),
    ],
)
def test_what_is_no_proper_part_of_one_live_region_is_refused(
    case: str, areas: list[str], palembang: Region, lombok: Region
) -> None:
    with on_platform():
        holds(lombok, ["52.71"], "lombok-kota")
        registration = complete(areas, slug="baru", email="baru@example.test")
        with pytest.raises(AreaTaken):
            submit(registration=registration)
        assert not CarveOut.objects.exists()
        assert not CarvingClaim.objects.exists()
        assert not CoverageClaim.objects.filter(registration=registration).exists()


@pytest.mark.parametrize("status", [RegionStatus.SUSPENDED, RegionStatus.CLOSED])
def test_a_region_that_cannot_answer_is_not_asked(status: str, palembang: Region) -> None:
    with on_platform():
        Region.objects.filter(pk=palembang.pk).update(status=status)
        with pytest.raises(AreaTaken):
            submit(registration=complete([SUKARAMI], slug="baru", email="baru@example.test"))


def test_areas_of_a_registration_that_is_not_live_are_refused() -> None:
    with on_platform():
        submit(registration=complete(["16.71"], slug="palembang"))
        with pytest.raises(AreaTaken):
            submit(registration=complete([SUKARAMI], slug="baru", email="baru@example.test"))


def test_government_mail_approves_nothing_without_the_consent(palembang: Region, settings: object) -> None:
    settings.ONBOARDING_AUTO_APPROVE_GOV_MAIL = True  # type: ignore[attr-defined]
    with on_platform():
        registration = complete([SUKARAMI], slug="sukarami", email="camat@palembang.go.id")
        submit(registration=registration)
        assert registration.state == State.IN_REVIEW


def test_the_region_keeps_at_least_one_kecamatan(lombok: Region) -> None:
    with on_platform():
        holds(lombok, ["52.71.01", "52.71.02"], "mataram")
        asking(["52.71.01"], "ampenan")
        with pytest.raises(AreaTaken, match="Lombok"):
            asking(["52.71.02"], "mataram-dua")
        assert CarvingClaim.objects.count() == 1


@pytest.mark.parametrize("ending", [reject, withdraw])
def test_an_ended_registration_asks_for_nothing_any_more(ending: Callable[..., None], palembang: Region) -> None:
    with on_platform():
        registration = asking([SUKARAMI])
    with in_region(palembang):
        agree(request=our_request(palembang), by=ADMIN)
    with on_platform():
        before = held_by(palembang)
        words = {"reason": "Surat tidak terbaca."} if ending is reject else {}
        ending(registration=registration, by=OPERATOR, **words)
        assert not CarvingClaim.objects.exists()
        assert held_by(palembang) == before
        again = asking([SUKARAMI], "sukarami-baru")
        assert again.state == State.IN_REVIEW
    with in_region(palembang):
        assert list(requests_to_us().values_list("state", flat=True)) == ["asked", "ended"]


def test_another_region_sees_and_decides_nothing(palembang: Region, lombok: Region) -> None:
    with on_platform():
        asking([SUKARAMI])
    request = our_request(palembang)
    with in_region(lombok):
        assert list(requests_to_us()) == []
        assert request_to_us(request.public_id) is None
        assert waiting_for_our_answer() == 0
        # Nor by asking around the selectors.
        assert CarveOut.objects.count() == CarveOut._base_manager.count() == 0
        assert CarveOutEvent.objects.count() == 0
        assert CarveOut.objects.filter(pk=request.pk).update(state=CarveOut.State.AGREED) == 0
        for decide in (agree, refuse):
            with pytest.raises(OutOfRegion):
                decide(request=request, by=ADMIN, **({"reason": "x"} if decide is refuse else {}))
        with pytest.raises(OutOfRegion):
            list(CarvingClaim.objects.all())
        with pytest.raises(OutOfRegion):
            list(CoverageClaim.objects.all())
        assert not OutboxMessage.objects.exists()
    with on_platform(), pytest.raises(OutOfRegion):
        agree(request=request, by=OPERATOR)
    assert our_request(palembang).state == CarveOut.State.ASKED


def test_a_failed_building_leaves_the_larger_region_whole(palembang: Region, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("no")

    with on_platform():
        before = held_by(palembang)
        registration = asking([SUKARAMI])
    with in_region(palembang):
        agree(request=our_request(palembang), by=ADMIN)
    with on_platform():
        approve(registration=registration, by=OPERATOR)
        with monkeypatch.context() as planted:
            parts = [building.Part(p.name, p.label, fails if p.name == "check" else p.run) for p in building.plan()]
            planted.setattr(building, "plan", lambda: parts)
            build(registration.pk)
        assert held_by(palembang) == before
        retry(registration=registration, by=OPERATOR)
        # Something has taken the kecamatan away meanwhile: the opening fails whole, no row moves.
        CoverageClaim.objects.filter(pk=SUKARAMI).update(region=None)
        build(registration.pk)
        registration.refresh_from_db()
        assert registration.state == State.FAILED
        assert our_request(palembang).state == CarveOut.State.SEALED
        CoverageClaim.objects.filter(pk=SUKARAMI).update(region=palembang)
        withdraw(registration=registration, by="applicant:test")
        assert held_by(palembang) == before
        assert our_request(palembang).state == CarveOut.State.ENDED


def at_once(*works: Callable[[], object]) -> list[str]:
    """Run them at one moment; what became of each: "done" or the name of its refusal."""
    start, outcome = threading.Barrier(len(works)), dict[int, str]()

    def run(number: int, work: Callable[[], object]) -> None:
        try:
            with on_platform():
                connection.ensure_connection()
            start.wait()
            work()
            outcome[number] = "done"
        except DomainError as refusal:
            outcome[number] = type(refusal).__name__
        except Exception as failure:
            outcome[number] = repr(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [outcome[number] for number in range(len(works))]


def on_the_platform(service: Callable[..., None], registration: Registration, **more: str) -> Callable[[], None]:
    def work() -> None:
        with on_platform():
            service(registration=Registration.objects.get(pk=registration.pk), **more)

    return work


def in_the_region(service: Callable[..., None], region: Region, **more: str) -> Callable[[], None]:
    """The page was opened before, so the request is known as it was then."""
    with in_region(region):
        request = requests_to_us().exclude(state="ended").get()

    def work() -> None:
        with in_region(region):
            service(request=request, by=ADMIN, **more)

    return work


def test_many_ask_for_one_kecamatan_at_once(palembang: Region) -> None:
    many = 8
    # Overlapping sets: Sukarami alone, and with its neighbours.
    sets = [[SUKARAMI], [SUKARAMI, "16.71.08"], ["16.71.06", SUKARAMI]]
    with on_platform():
        ready = [complete(sets[i % 3], slug=f"pecah-{i}", email=f"p{i}@example.test") for i in range(many)]
    outcome = at_once(*[on_the_platform(submit, one) for one in ready])
    assert sorted(outcome) == ["AreaTaken"] * (many - 1) + ["done"]
    with on_platform():
        winner = Registration.objects.get(state=State.IN_REVIEW)
        assert set(CarvingClaim.objects.values_list("carve_out__registration", flat=True)) == {winner.pk}
        assert CarveOut.objects.count() == 1


def test_two_that_together_want_all_of_it_are_not_both_let_in(lombok: Region) -> None:
    with on_platform():
        holds(lombok, ["52.71.01", "52.71.02"], "mataram")
        two = [
            complete([code], slug=f"m-{code[-2:]}", email=f"{code}@example.test") for code in ("52.71.01", "52.71.02")
        ]
    assert sorted(at_once(*[on_the_platform(submit, one) for one in two])) == ["AreaTaken", "done"]
    with on_platform():
        assert CarvingClaim.objects.count() == 1


def test_consent_and_withdrawal_at_once(palembang: Region) -> None:
    seen = set()
    for turn in range(rounds(50)):
        with on_platform():
            before = held_by(palembang)
            registration = asking([SUKARAMI], f"sukarami-{turn}")
        outcome = at_once(in_the_region(agree, palembang), on_the_platform(withdraw, registration, by="applicant:test"))
        assert outcome in (["done", "done"], ["StaleDocument", "done"])
        seen.add(outcome[0])
        with on_platform():
            assert Registration.objects.get(pk=registration.pk).state == State.WITHDRAWN
            assert CarveOut.objects.get(registration=registration).state == CarveOut.State.ENDED
            assert not CarvingClaim.objects.exists()
            assert held_by(palembang) == before
    print(seen)


def test_a_refusal_and_the_approval_at_once(palembang: Region) -> None:
    for turn in range(rounds(50)):
        with on_platform():
            registration = asking([SUKARAMI], f"sukarami-{turn}")
        with in_region(palembang):
            agree(request=requests_to_us().exclude(state="ended").get(), by=ADMIN)
        refused, approved = at_once(
            in_the_region(refuse, palembang, reason="Belum."), on_the_platform(approve, registration, by=OPERATOR)
        )
        with on_platform():
            request = CarveOut.objects.get(registration=registration)
            state = Registration.objects.get(pk=registration.pk).state
            # Whoever comes first: either both say yes, or both say no.
            assert (refused, approved, request.state, state) in (
                ("StaleDocument", "done", "sealed", State.APPROVED),
                ("done", "ConsentMissing", "refused", State.IN_REVIEW),
            )
            Registration.objects.filter(pk=registration.pk).update(state=State.FAILED)
            withdraw(registration=registration, by="applicant:test")


def test_two_carved_out_of_one_region_open_at_once(palembang: Region) -> None:
    with on_platform():
        before = held_by(palembang)
        two = [asking([SUKARAMI], "sukarami"), asking(["16.71.08", "16.71.09"], "sako")]
    for request in list_requests(palembang):
        with in_region(palembang):
            agree(request=request, by=ADMIN)
    with on_platform():
        for one in two:
            approve(registration=one, by=OPERATOR)

    def opens(registration: Registration) -> Callable[[], None]:
        def work() -> None:
            with on_platform():
                build(registration.pk)

        return work

    assert at_once(*[opens(one) for one in two]) == ["done", "done"]
    with on_platform():
        regions = [Registration.objects.get(pk=one.pk, state=State.LIVE).region for one in two]
        assert regions[0] is not None and regions[1] is not None
        assert held_by(regions[0]) == {SUKARAMI}
        assert held_by(regions[1]) == {"16.71.08", "16.71.09"}
        assert held_by(palembang) == before - {SUKARAMI, "16.71.08", "16.71.09"}


def list_requests(region: Region) -> list[CarveOut]:
    with in_region(region):
        return list(requests_to_us())
