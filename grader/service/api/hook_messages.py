"""Sentences to platforms that send events."""

from __future__ import annotations

NOT_SIGNED = (
    "Sign the event with this hook's secret as Standard Webhooks says, within five minutes: the headers webhook-id, "
    "webhook-timestamp and webhook-signature, over the body as it is sent."
)
IN_FUTURE = "The timestamp is no time of the past."
ONE_NOTEBOOK = "Give either the notebook in base64 or the url of its file."
OTHER_HOST = "The file is on a host that this hook does not fetch from."
OLDER = "A later submission of the same member came before; this one is not graded."
IGNORED = "Events of this type are not needed; nothing was stored."
BUSY = "Other files are being fetched; send the event again."
TOO_MANY = "This hook handed in too often within a minute. Send the event again later."


def no_file(why: str) -> str:
    """For a file that could not be fetched."""
    return f"The file was not fetched: {why}."


def file_answered(status: int) -> str:
    """For a file whose server gave something else."""
    return f"The file was not fetched: its server answered {status}."
