"""Templates with components, rendered as pages are, and what a browser would make of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

from django.template import Context, Template
from django_cotton.compiler_regex import CottonCompiler


def rendered(source: str, **names: object) -> str:
    """A piece of a page with components in it."""
    text: str = Template(CottonCompiler().process(source)).render(Context(names))
    return text


@dataclass
class Seen(HTMLParser):
    """The elements, attributes and words of a piece of HTML."""

    html: str
    tags: list[str] = field(default_factory=list)
    attributes: list[tuple[str, str | None]] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        """All words, with single spaces."""
        return " ".join("".join(self.words).split())
