"""How a name is brought to the form in which names are compared.

People write "Sei Lais", "Sungai Lais" and "Sungailais"; "Ilir Barat II" and "Ilir Barat Dua"; "Sumsel" and
"Sumatera Selatan". All of them meet in `key_of`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from shared_apps.regions.models import Level

_QUOTES = re.compile(r"['’`]")
_WORD = re.compile(r"[a-z0-9]+")

# Words that say what an area is.
LEVEL_WORDS: dict[str, Level] = {
    "provinsi": Level.PROVINCE,
    "propinsi": Level.PROVINCE,
    "prov": Level.PROVINCE,
    "kabupaten": Level.REGENCY,
    "kab": Level.REGENCY,
    "kota": Level.REGENCY,
    "kotamadya": Level.REGENCY,
    "kecamatan": Level.DISTRICT,
    "kec": Level.DISTRICT,
    "distrik": Level.DISTRICT,
    "kelurahan": Level.VILLAGE,
    "kel": Level.VILLAGE,
    "desa": Level.VILLAGE,
    "gampong": Level.VILLAGE,
    "nagari": Level.VILLAGE,
}
# Those of them that begin names as well: Kota Baru, Desa Baru, Gampong Drien, Nagari Balah Hilia Lubuk Alung.
WORDS_IN_NAMES = frozenset({"kota", "desa", "gampong", "nagari"})

_LONG_FORMS: dict[str, str] = {
    "sei": "sungai",
    "tj": "tanjung",
    "tjg": "tanjung",
    "tg": "tanjung",
    "gn": "gunung",
    "kp": "kampung",
    "kep": "kepulauan",
    # Provinces as people shorten them.
    "nad": "aceh",
    "sumut": "sumatera utara",
    "sumbar": "sumatera barat",
    "sumsel": "sumatera selatan",
    "babel": "bangka belitung",
    "kepri": "kepulauan riau",
    "dki": "jakarta",
    "diy": "yogyakarta",
    "jogja": "yogyakarta",
    "jabar": "jawa barat",
    "jateng": "jawa tengah",
    "jatim": "jawa timur",
    "ntb": "nusa tenggara barat",
    "ntt": "nusa tenggara timur",
    "kalbar": "kalimantan barat",
    "kalteng": "kalimantan tengah",
    "kalsel": "kalimantan selatan",
    "kaltim": "kalimantan timur",
    "kaltara": "kalimantan utara",
    "sulut": "sulawesi utara",
    "sulteng": "sulawesi tengah",
    "sulsel": "sulawesi selatan",
    "sultra": "sulawesi tenggara",
    "sulbar": "sulawesi barat",
    "malut": "maluku utara",
}
_TITLES: dict[Level, tuple[tuple[str, ...], ...]] = {
    Level.PROVINCE: (("daerah", "khusus", "ibukota"), ("daerah", "istimewa")),
    Level.REGENCY: (("kota", "administrasi"), ("kabupaten", "administrasi"), ("kota",), ("kabupaten",)),
    Level.DISTRICT: (),
    Level.VILLAGE: (),
}

_DIGITS = {
    "satu": 1, "dua": 2, "tiga": 3, "empat": 4, "lima": 5, "enam": 6, "tujuh": 7, "delapan": 8, "sembilan": 9,
}  # fmt: skip
_NUMBERS = {**_DIGITS, "sepuluh": 10, "sebelas": 11}
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "x": 10}
_JOINED_NUMBER = re.compile(rf"({'|'.join(_DIGITS)})(belas|puluh)")


def words_of(text: str) -> list[str]:
    """The words of a text in lower case, short forms written out, numbers as digits."""
    folded = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    words: list[str] = []
    for word in _WORD.findall(_QUOTES.sub("", _JOINED_NUMBER.sub(r"\1 \2", folded))):
        words.extend(_LONG_FORMS.get(word, word).split())
    return _numbers_as_digits(words)


def _numbers_as_digits(words: Sequence[str]) -> list[str]:
    """["dua", "puluh", "ilir", "ii"] is ["20", "ilir", "2"]."""
    out: list[str] = []
    at = 0
    while at < len(words):
        word, following = words[at], words[at + 1] if at + 1 < len(words) else ""
        if word in _DIGITS and following in ("belas", "puluh"):
            number = _DIGITS[word] + 10 if following == "belas" else _DIGITS[word] * 10
            at += 2
            if following == "puluh" and at < len(words) and words[at] in _DIGITS:
                number += _DIGITS[words[at]]
                at += 1
            out.append(str(number))
            continue
        plain = _NUMBERS.get(word) or _ROMAN.get(word)
        out.append(str(plain) if plain else word)
        at += 1
    return out


def name_words(name: str, level: Level) -> list[str]:
    """The words of an area's own name, without its kind: ["palembang"] for "Kota Palembang"."""
    words = words_of(name)
    for title in _TITLES[level]:
        rest = words[len(title) :]
        if rest and tuple(words[: len(title)]) == title:
            return rest
    return words


def key_of(name: str, level: Level) -> str:
    """The own name without spaces, as it is compared: "bukitsangkal"."""
    return "".join(name_words(name, level))
