"""The site, its feeds and its API, as one WSGI application over what is public."""

from flask import Flask
from jinja2 import PackageLoader, StrictUndefined

from publisher.feeds.dumps import Dumps
from publisher.kinds import Registry
from publisher.reception import Reception
from publisher.validation import Validator
from publisher.web.api import Api
from publisher.web.bulk import Bulk
from publisher.web.cases import case_pages
from publisher.web.changes import Log
from publisher.web.check import Check
from publisher.web.console import Backstage, console
from publisher.web.errors import install_errors
from publisher.web.feeds import Feeds
from publisher.web.headers import install_headers
from publisher.web.json import OrjsonProvider
from publisher.web.language import install_languages
from publisher.web.quality import Quality
from publisher.web.settings import OpenPublic, WebSettings
from publisher.web.site import Site
from publisher.web.slashes import install_slashes
from publisher.web.tools import Tools
from publisher.web.words import install_words

__all__ = ["Backstage", "WebSettings", "create_app"]


def create_app(
    open_public: OpenPublic,
    registry: Registry,
    settings: WebSettings,
    validator: Validator,
    dumps: Dumps,
    reception: Reception,
    backstage: Backstage,
) -> Flask:
    """The application. `open_public` is called once for each request that shows something; `validator` checks
    files that people mean to send; `dumps` has the bulk files; at the `reception` people apply; with
    `backstage` the console works."""
    app = Flask("publisher.web", template_folder=None, static_folder="static")
    app.json = OrjsonProvider(app)
    app.jinja_options = {
        "loader": PackageLoader("templates", ""),
        "undefined": StrictUndefined,
        "trim_blocks": True,
        "lstrip_blocks": True,
    }
    install_slashes(app)
    install_languages(app, settings.languages)
    install_words(app, registry, settings)
    install_headers(app)
    install_errors(app)
    app.register_blueprint(Site(open_public, registry, settings, reception.rules).blueprint())
    app.register_blueprint(Feeds(open_public, registry, settings).blueprint())
    app.register_blueprint(Api(open_public, registry, settings).blueprint())
    app.register_blueprint(Log(open_public, registry, settings).blueprint())
    app.register_blueprint(Bulk(open_public, registry, settings, dumps).blueprint())
    app.register_blueprint(Check(open_public, registry, settings).blueprint())
    app.register_blueprint(Quality(open_public, registry, settings).blueprint())
    app.register_blueprint(Tools(validator).blueprint())
    for pages in case_pages(open_public, registry, settings, reception):
        app.register_blueprint(pages)
    app.register_blueprint(console(backstage, settings.base_url, settings.zone))
    return app
