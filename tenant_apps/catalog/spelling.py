"""How words are compared when people look for goods: small letters, local words, and no vowels at all.

"brs", "buras" and "beras" share their consonants; that is how Indonesians shorten words and where most typing errors hide.
"""

from __future__ import annotations

import re
import unicodedata

# Longer questions are sentences; the first words are enough to find a product.
MOST_WORDS = 6
LONGEST_WORD = 30

_WORD = re.compile(r"[a-z0-9]+")
_VOWELS = re.compile(r"[aeiou]")
# Spellings that sound alike.
_ALIKE = (
    ("oe", "u"),
    ("dj", "j"),
    ("tj", "c"),
    ("sh", "s"),
    ("kh", "k"),
    ("ph", "f"),
    ("q", "k"),
    ("z", "s"),
    ("v", "f"),
)

# Palembang's words and old names of goods, as they stand in Indonesian. What a region adds stands with its products.
LOCAL_WORDS: dict[str, str] = {
    "gulo": "gula",
    "telok": "telur",
    "lombok": "cabai",
    "cabe": "cabai",
    "cabek": "cabai",
    "garem": "garam",
    "iwak": "ikan",
    "banyu": "air",
    "mie": "mi",
    "indomie": "mi instan",
    "aqua": "air mineral",
    "odol": "pasta gigi",
    "micin": "penyedap",
    "vetsin": "penyedap",
    "kates": "pepaya",
    "aci": "sagu",
    "elpiji": "lpg",
}


def words_of(text: str) -> list[str]:
    """The words of a text as they are compared, at most six."""
    folded = unicodedata.normalize("NFKD", text[:400]).encode("ascii", "ignore").decode().lower()
    return [word[:LONGEST_WORD] for word in _WORD.findall(folded)][:MOST_WORDS]


def bones(word: str) -> str:
    """A word without its vowels: "beras", "brs" and "buras" are "brs". Empty where too little is left to compare."""
    for written, heard in _ALIKE:
        word = word.replace(written, heard)
    left = _VOWELS.sub("", word)
    return left if len(left) >= 2 and not left.isdigit() else ""


def search_text_of(*, name: str, category: str, sku: str, synonyms: str) -> str:
    """What a product is found by: its words, and the bones of its names."""
    called = _all_words(f"{name} {synonyms}")
    rest = _all_words(f"{category} {sku}")
    spine = [bone for word in called if (bone := bones(word)) and bone != word]
    return " ".join(dict.fromkeys([*called, *rest, *spine]))


def _all_words(text: str) -> list[str]:
    folded = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return _WORD.findall(folded)
