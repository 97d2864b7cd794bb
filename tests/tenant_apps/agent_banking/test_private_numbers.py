"""What is never kept: cards, accounts, and what one signs in with; what may stand in a note all the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenant_apps.agent_banking.errors import BadEntry, PrivateNumber
from tenant_apps.agent_banking.private_numbers import (
    Private,
    digits_of,
    found_in,
    looks_like_card,
    masked,
    passes_luhn,
    without_private,
)
from tenant_apps.agent_banking.texts import kept_reference, kept_text


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", None),
        ("titip uang anak", None),
        ("kembalian Rp 2.000, nanti diambil", None),
        ("setor Rp 10.000.000", None),
        ("Rp 1.250.000,- untuk sekolah", None),
        ("IDR 100.000.000 dari panen", None),
        ("besok 24/11/2026 diambil", None),
        ("24-11-2026 jam 14.05", None),
        ("2026-11-24", None),
        ("2026-11-24 14:05:33", None),
        ("24/11/2026 14.05", None),
        ("24/11/2026 14.05 13", Private.ACCOUNT),
        ("rumah RT 03 RW 04 no 12", None),
        ("pinjam 500", None),
        ("spin 1234", None),
        ("lupa pin", None),
        ("****6789", None),
        ("token listrik 2 kali", None),
        ("4111111111111111", Private.CARD),
        ("4111 1111 1111 1111", Private.CARD),
        ("kartu 5500-0000-0000-0004 milik ibu", Private.CARD),
        ("3782.822463.10005", Private.CARD),
        ("x4111111111111111y", Private.CARD),
        ("no 1 4111 1111 1111 1111", Private.CARD),
        ("４１１１ １１１１ １１１１ １１１１", Private.CARD),
        ("٤١١١ ١١١١ ١١١١ ١١١١", Private.CARD),
        ("4111\u200b1111\u200b1111\u200b1111", Private.CARD),
        ("4111\u20111111\u20111111\u20111111", Private.CARD),
        ("12345678", Private.ACCOUNT),
        ("1234567", None),
        ("rek 0123 456 789", Private.ACCOUNT),
        ("0812-3456-7890", Private.ACCOUNT),
        ("Rp 10.000.000 ke 0123456789", Private.ACCOUNT),
        ("31/02/2026", Private.ACCOUNT),
        ("24/11/2026 99", Private.ACCOUNT),
        ("Rp 411.111.111.111.111", Private.ACCOUNT),
        ("pin 1234", Private.SIGN_IN),
        ("PIN: 1 2 3 4 5 6", Private.SIGN_IN),
        ("pinnya 123456", Private.SIGN_IN),
        ("m-PIN=998877", Private.SIGN_IN),
        ("otp saya 4455", Private.SIGN_IN),
        ("123456 itu pin ibu", Private.SIGN_IN),
        ("CVV 123", Private.SIGN_IN),
        ("cvc2: 987", Private.SIGN_IN),
        ("kode verifikasi 889900", Private.SIGN_IN),
        ("kata sandi 1234abc", Private.SIGN_IN),
        ("password 12345", Private.SIGN_IN),
    ],
)
def test_what_a_text_holds(text: str, found: Private | None) -> None:
    assert found_in(text) is found
    if found is None:
        assert kept_text(text) == " ".join(text.split())
    else:
        with pytest.raises(PrivateNumber):
            kept_text(text)


def with_check_digit(digits: str) -> str:
    return next(digits + last for last in "0123456789" if passes_luhn(digits + last))


CARDS = st.integers(12, 18).flatmap(lambda n: st.text("0123456789", min_size=n, max_size=n)).map(with_check_digit)
WORDS = st.text(st.characters(codec="utf-8", categories=["L", "P", "Zs"]), max_size=30)


@given(CARDS, st.lists(st.sampled_from(["", " ", "-", ".", " - "]), min_size=18, max_size=18), WORDS, WORDS)
def test_a_card_is_found_however_it_is_written(card: str, between: list[str], before: str, after: str) -> None:
    written = "".join(digit + gap for digit, gap in zip(card, between, strict=False))
    assert found_in(f"{before} {written} {after}") is not None


@given(st.text("0123456789", min_size=8, max_size=25), WORDS, WORDS)
def test_eight_digits_are_found_anywhere(digits: str, before: str, after: str) -> None:
    assert found_in(f"{before}{digits}{after}") is not None


PIECES = st.lists(
    st.one_of(
        WORDS,
        CARDS,
        st.text("0123456789 -.,/", max_size=20),
        st.sampled_from(["Rp 10.000.000", "24/11/2026", "pin ", "****1234"]),
    ),
    max_size=5,
)


@given(PIECES)
def test_a_cleaned_cell_holds_nothing_private(pieces: list[str]) -> None:
    cleaned = without_private("".join(pieces))
    assert found_in(cleaned) is None
    assert without_private(cleaned) == cleaned


@given(st.text("0123456789", min_size=6, max_size=20), st.sampled_from(["", " ", "-", "."]))
def test_a_mask_shows_the_end_alone(digits: str, gap: str) -> None:
    assert digits_of(gap.join(digits)) == digits
    shown = masked(digits).removeprefix("****")
    assert digits.endswith(shown)
    assert len(shown) <= 4 <= len(digits) - 2


@pytest.mark.parametrize(
    ("case", "text", "kept"),
    [
        ("a long reference of the bank", "20261124123456789", "20261124123456789"),
        ("twelve digits", "412345678901", "412345678901"),
        ("small letters and spaces", " trx-88 12/a ", "TRX-8812/A"),
        ("a card", "4111111111111111", None),
        ("a card with a word", "REF 5500 0000 0000 0004", None),
        ("a card of the own network", with_check_digit("194634567890123"), None),
        ("too short", "123", None),
        ("nothing", "", None),
        ("signs", "<b>1234</b>", None),
    ],
)
def test_references(case: str, text: str, kept: str | None) -> None:
    if kept is None:
        with pytest.raises((BadEntry, PrivateNumber)):
            kept_reference(text)
    else:
        assert kept_reference(text) == kept, case


def test_only_whole_cards_look_like_one() -> None:
    assert looks_like_card("4111111111111111")
    assert not looks_like_card("4111111111111112")
    assert not looks_like_card("2026112412345674")


@pytest.mark.parametrize(
    ("cell", "kept"),
    [
        ("TRSF dari 0123456789 BUDI", "trsf dari ****6789 budi"),
        ("4111 1111 1111 1111", "****1111"),
        ("Rp 10.000.000", "Rp 10.000.000"),
        ("24/11/2026", "24/11/2026"),
        ("setor tunai", "setor tunai"),
    ],
)
def test_cells_of_the_bank(cell: str, kept: str) -> None:
    assert without_private(cell) == kept
