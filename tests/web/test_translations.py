"""Every text for people is in both languages."""

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir, extract_from_file
from babel.messages.pofile import read_po

import templates
from publisher.web import language

FOLDER = Path(templates.__file__).parent
TEMPLATES = sorted(file for type in ("html", "txt") for file in FOLDER.rglob(f"*.{type}"))
PUBLISHER = Path(language.__file__).parents[1]
CHINESE = Path(language.__file__).parent / "translations" / "zh.po"
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "mark": None}
CODE = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<svg.*?</svg>", re.DOTALL)
PLACES = re.compile(r"%\(\w+\)[sd]|%(?!\()")


def used() -> set[str | tuple[str, ...]]:
    """The texts that templates and code have translated."""
    texts = [found[1] for file in TEMPLATES for found in extract_from_file("jinja2", file, KEYWORDS)]
    texts += [found[2] for found in extract_from_dir(PUBLISHER, [("**.py", "python")], keywords=KEYWORDS)]
    return set(texts)


def test_the_chinese_catalogue_has_what_is_used_and_no_more() -> None:
    with CHINESE.open("rb") as file:
        catalogue = {message.id: message for message in read_po(file) if message.id}
    assert used() == set(catalogue)
    for texts, message in catalogue.items():
        source = texts if isinstance(texts, str) else texts[1]
        target = message.string if isinstance(message.string, str) else message.string[0]  # type: ignore[index]
        assert target, f"{source!r} is not translated"
        assert sorted(PLACES.findall(source)) == sorted(PLACES.findall(target)), source


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: file.name)
def test_templates_hold_no_text_of_their_own(file: Path) -> None:
    text = re.sub(
        r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<svg.*?</svg>", "", file.read_text("utf-8"), flags=re.DOTALL
    )
    words = re.findall(r"[^\W\d_]+", re.sub(r"<[^>]*>", " ", text))
    spoken = re.findall(r'(?:aria-label|title|placeholder|alt)="([^"]*[^\W\d_][^"]*)"', text)
    assert (set(words) - {"JSON", "Feed", "API", "公"}, spoken) == (set(), [])
