"""The translations: catalogues read into memory where they are needed."""

from importlib import resources
from io import BytesIO

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

SOURCE_LANGUAGE = "en"
"""The language of the msgids."""


def load_catalogue(language: str) -> NullTranslations:
    """The translations into `language`; for the language of the msgids, the msgids themselves."""
    if language == SOURCE_LANGUAGE:
        return NullTranslations()
    file = resources.files("publisher") / "web" / "translations" / f"{language}.po"
    compiled = BytesIO()
    with file.open("rb") as stream:
        write_mo(compiled, read_po(stream, locale=language))
    compiled.seek(0)
    return Translations(compiled)
