"""The task of dask, in a module that its worker imports: a function of the driver's own would be sent along each time."""


def echo(message: str) -> str:
    """Gives back what it is given."""
    return message
