"""The console: what operators, and the publishers of one source, see and do behind a sign-in."""

import json
from datetime import tzinfo

from flask import Blueprint

from publisher.web.console.backstage import Backstage, Cookies
from publisher.web.console.casework import DECISIONS, Casework, of_case
from publisher.web.console.entry import Entry
from publisher.web.console.gate import Gate, Route, Who
from publisher.web.console.history import ENDS, History, of_item, of_run, of_source
from publisher.web.console.overview import Overview
from publisher.web.console.pages import menu
from publisher.web.console.words import action, actor_kind

__all__ = ["Backstage", "console", "routes"]


def routes(backstage: Backstage, cookies: Cookies, zone: tzinfo) -> list[Route]:
    """Every address of the console, who may ask for it, and whose business it is."""
    entry, overview = Entry(backstage, cookies), Overview(backstage)
    history, casework = History(backstage, zone), Casework(backstage)
    return [
        Route("/sign-in", "sign_in", entry.sign_in, Who.ANYBODY),
        Route("/sign-in", "enter", entry.enter, Who.ANYBODY, method="POST"),
        Route("/sign-out", "sign_out", entry.sign_out, method="POST"),
        Route("/account", "own", entry.own),
        Route("/account/password", "change", entry.change, method="POST"),
        Route("/account/sessions/<int(max=2147483647):id>/end", "end", entry.end, method="POST"),
        Route("", "start", overview.start),
        Route("/sources", "sources", overview.sources),
        Route("/harvest/<path:id>", "harvest", overview.harvest, of=of_source, method="POST"),
        Route("/accept-removals/<path:id>", "accept", overview.accept, Who.OPERATOR, of_source, "POST"),
        Route("/pause/<path:id>", "pause", overview.pause, Who.OPERATOR, of_source, "POST"),
        Route("/resume/<path:id>", "resume", overview.resume, Who.OPERATOR, of_source, "POST"),
        Route("/runs", "runs", overview.runs),
        Route("/runs/<int(max=2147483647):id>", "run", overview.run, of=of_run),
        Route("/quarantine", "quarantine", overview.quarantine),
        Route("/quarantine/<path:id>", "refused", overview.refused, of=of_source),
        Route("/quarantine.<format>/<path:id>", "export", overview.export, of=of_source),
        Route("/items", "find", history.find),
        Route("/items/<id>", "item", history.item, of=of_item),
        Route(
            f"/items/<id>/<any({','.join((*ENDS, 'restore'))}):act>",
            "decide_item",
            history.decide,
            Who.OPERATOR,
            of_item,
            "POST",
        ),
        Route("/cases", "cases", casework.queue),
        Route("/cases/<number>", "case", casework.case, of=of_case),
        Route(
            f"/cases/<number>/<any({','.join(DECISIONS)}):act>",
            "decide",
            casework.decide,
            of=of_case,
            method="POST",
        ),
        Route("/cases/<number>/papers/<key>", "paper", casework.paper, of=of_case),
        Route("/trail", "trail", history.trail, Who.OPERATOR),
    ]


def console(backstage: Backstage, base_url: str, zone: tzinfo) -> Blueprint:
    """All of it behind its gate."""
    cookies = Cookies(base_url)
    blueprint = Gate(backstage, routes(backstage, cookies, zone), cookies, base_url).blueprint()
    blueprint.context_processor(lambda: {"menu": menu})
    for name, word in (("record", json.loads), ("action", action), ("actor_kind", actor_kind)):
        blueprint.add_app_template_filter(word, name)
    return blueprint
