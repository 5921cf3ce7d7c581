"""Sentences on requests that the service makes of other servers."""

from __future__ import annotations

NO_ADDRESS = "this is no address of a server, such as https://lms.example.edu/path"


def not_https(host: str) -> str:
    return f"{host} is asked by https alone, unless the setting allowed_private_hosts names it"


def private_address(host: str) -> str:
    return f"{host} has a private address, and the setting allowed_private_hosts does not name it"


def unknown_host(host: str) -> str:
    return f"{host} is not known to the name server"


def with_password(host: str) -> str:
    return f"the address of {host} holds a user's name or password, which no address may"


def too_much(host: str, most: int) -> str:
    return f"{host} answered with more than {most} bytes"


def too_slow(host: str, most_s: float) -> str:
    return f"{host} did not answer within {most_s:.0f} seconds"


def certificate(host: str) -> str:
    return f"{host} has no valid certificate"


def broken_off(host: str) -> str:
    return f"{host} cannot be reached, or broke the connection off"
