"""Wires all parts together: configuration, extensions, edges, in that order."""

import hashlib
import sys
from pathlib import Path

from flask_migrate import Migrate
from sqlalchemy.engine import make_url
from werkzeug.middleware.proxy_fix import ProxyFix

from tagstore import cli, logs, postgres, sqlite
from tagstore.config import Settings, read_settings, secret_key
from tagstore.db import ENGINE_OPTIONS, db
from tagstore.errors import Invalid
from tagstore.services.depot import open_depot
from tagstore.web import api, auth, failures, pages
from tagstore.web.app import App

ROOT = Path(__file__).parent.parent
A_YEAR_S = 365 * 24 * 3600
A_MONTH_S = 30 * 24 * 3600


def create_app(settings: Settings | None = None) -> App:
    """Return the application that serves one data directory."""
    unknown: list[str] = []
    if settings is None:
        try:
            settings, unknown = read_settings()
        except Invalid as error:
            sys.exit(error.message)
    logs.configure(settings, unknown)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    open_depot(settings)
    app = _app(settings)
    _store(app, settings)
    auth.init(app)
    failures.init(app)
    app.dialects = api.DIALECTS
    for blueprint in (*api.DIALECTS, *pages.PAGES):
        app.register_blueprint(blueprint)
    pages.init(app)
    cli.init(app)
    return app


def _app(settings: Settings) -> App:
    app = App(
        "tagstore",
        root_path=str(ROOT),
        static_url_path=f"/static/{_static_version()}",
        static_folder="static",
        template_folder="templates",
    )
    app.settings = settings
    app.config.update(
        SECRET_KEY=secret_key(settings),
        MAX_FORM_MEMORY_SIZE=settings.max_body,
        SEND_FILE_MAX_AGE_DEFAULT=A_YEAR_S,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_NAME="tagstore",
        PERMANENT_SESSION_LIFETIME=A_MONTH_S,
        # A cookie that changed with every answer would make browsers ask again for what they keep.
        SESSION_REFRESH_EACH_REQUEST=False,
        WTF_CSRF_TIME_LIMIT=None,
    )
    if settings.proxies:
        trusted = settings.proxies
        proxied = ProxyFix(app.wsgi_app, trusted, trusted, trusted, x_prefix=trusted)
        app.wsgi_app = proxied  # type: ignore[method-assign]
    return app


def _store(app: App, settings: Settings) -> None:
    """Open the database."""
    url = make_url(settings.sqlalchemy_url)
    is_sqlite = url.get_backend_name() == "sqlite"
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {
        **ENGINE_OPTIONS,
        **(sqlite.POOL if is_sqlite else postgres.POOL),
    }
    db.init_app(app)
    Migrate(app, db, directory=str(ROOT / "migrations"), render_as_batch=is_sqlite)
    with app.app_context():
        (sqlite if is_sqlite else postgres).discipline(db.engine)


def _static_version() -> str:
    """Return a name for the state of all static files, so that browsers may keep them."""
    digest = hashlib.sha256()
    for path in sorted((ROOT / "static").rglob("*")):
        if path.is_file():
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:12]
