"""The WSGI object."""

from tagstore import create_app

app = create_app()
