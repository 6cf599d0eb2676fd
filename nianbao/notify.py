"""Who hears of a run: a heartbeat address after a good one, a command of the user's after any other."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from typing import Any

import httpx

from nianbao.config import NotifySettings
from nianbao.exits import Exit
from nianbao.messages import say

PATIENCE_S = 60.0
QUIET = frozenset({Exit.DONE, Exit.INTERRUPTED})
"""Ends that nobody is called for: all is well, or somebody stopped it on purpose."""


def tell(settings: NotifySettings, code: int, message: dict[str, Any], warn: Callable[[str], None]) -> None:
    """After a run: the heartbeat where it ended with 0, else the command with the summary on its standard input.

    A notice that could not be given goes to `warn`, without the address or the arguments, which may hold secrets.
    """
    if code == Exit.DONE and settings.heartbeat_url:
        _beat(settings.heartbeat_url, warn)
    if code not in QUIET and settings.command:
        _call(settings.command, message, warn)


def _beat(url: str, warn: Callable[[str], None]) -> None:
    try:
        httpx.get(url, timeout=10.0, follow_redirects=True).raise_for_status()
    except httpx.HTTPStatusError as error:
        warn(say("the heartbeat address answered {status}", status=error.response.status_code))
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        warn(say("the heartbeat address could not be reached: {kind}", kind=type(error).__name__))


def _call(command: tuple[str, ...], message: dict[str, Any], warn: Callable[[str], None]) -> None:
    text = json.dumps(message, ensure_ascii=False)
    try:
        done = subprocess.run(command, input=text.encode(), timeout=PATIENCE_S, check=False, stdout=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        warn(say("notify.command did not end within {seconds} s and was ended", seconds=int(PATIENCE_S)))
    except OSError as error:
        warn(say("notify.command could not be started: {error}", error=error.strerror))
    else:
        if done.returncode:
            warn(say("notify.command ended with {code}", code=done.returncode))
