"""The language of a request."""

from collections.abc import Mapping, Sequence
from datetime import date

from babel.dates import format_date
from flask import Flask, Request, g, request, url_for
from werkzeug.datastructures import MultiDict

from publisher.catalogues import load_catalogue
from publisher.schemas.parameters import BadParameter, BadParameters, mark

LANGUAGE_NAMES = {"zh": "中文", "en": "English"}
LANGUAGE_TAGS = {"zh": "zh-Hans", "en": "en"}


def install_languages(app: Flask, languages: Sequence[str]) -> None:
    """Gives each request `g.language` and `g.translations`; links keep a language asked for in the URL."""
    catalogues = {language: load_catalogue(language) for language in languages}

    @app.before_request
    def choose() -> None:
        g.language = choose_language(request, languages)
        g.translations = catalogues[g.language]
        if request.args.get("lang", g.language) not in catalogues:
            raise BadParameters([BadParameter("lang", mark("this value is not known"), tuple(languages))])

    @app.url_defaults
    def keep(endpoint: str, values: dict[str, object]) -> None:
        asked = request.args.get("lang") if request else None
        if asked in catalogues and endpoint != "static" and not endpoint.startswith("api."):
            values.setdefault("lang", asked)

    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]  # the extension adds it
        lambda text: g.translations.gettext(text),
        lambda one, many, n: g.translations.ngettext(one, many, n),
        newstyle=True,
        pgettext=lambda context, text: g.translations.pgettext(context, text),
    )


def choose_language(asking: Request, languages: Sequence[str]) -> str:
    """`?lang=`, else what Accept-Language likes best, else the first. No cookie."""
    asked = asking.args.get("lang")
    if asked in languages:
        return str(asked)
    return asking.accept_languages.best_match(languages) or languages[0]


def alternates(languages: Sequence[str]) -> Mapping[str, str]:
    """This page's address in each language; nothing for an address that is no page."""
    if request.endpoint is None:
        return {}
    parameters = MultiDict(request.args)
    parameters.poplist("lang")
    path = {**(request.view_args or {}), **parameters.to_dict(flat=False)}
    return {language: url_for(request.endpoint, **{**path, "lang": language}) for language in languages}


def gettext(text: str, **values: object) -> str:
    """The text in the request's language, with `%(name)s` filled in."""
    translated: str = g.translations.gettext(text)
    return translated % values if values else translated


def ngettext(one: str, many: str, num: int, **values: object) -> str:
    """As gettext, by the number `num`, which is also a value."""
    translated: str = g.translations.ngettext(one, many, num)
    return translated % {"num": num, **values}


def day_in_words(day: date) -> str:
    """The day as people of the request's language write it."""
    return format_date(day, "d MMMM y", "en") if g.language == "en" else format_date(day, "long", g.language)
