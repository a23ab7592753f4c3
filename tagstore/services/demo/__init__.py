"""The demo project of a first start."""

from tagstore.values import Actor


def make_demo(actor: Actor) -> None:
    """Make the demo project with its media, classes and tags; the actor manages it."""
    # Imported here: a server that needs no demo project starts faster without the synthesis.
    from tagstore.services.demo import making

    making.make_demo(actor)
