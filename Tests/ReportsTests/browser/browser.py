"""Chromium without a window, driven over its DevTools protocol through a pipe: no port, no package.

An example:

    with Browser() as browser:
        page = browser.open("/tmp/report.html")
        page.value("document.title")
"""

from __future__ import annotations

import base64
import contextlib
import itertools
import json
import os
import select
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any

# The longest that one command, or a wait for the page, may take, in seconds.
DEADLINE = 60
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")


class BrowserError(Exception):
    """The browser did not do what it was asked to."""


def find_program() -> str | None:
    return next((path for path in map(shutil.which, PROGRAMS) if path), None)


class Browser:
    """A browser of its own, with a profile that goes with it."""

    def __init__(self) -> None:
        program = find_program()
        if program is None:
            raise BrowserError(f"there is none of {', '.join(PROGRAMS)}; run scripts/setup --test")
        self._profile = tempfile.mkdtemp(prefix="parley-browser-")
        # The browser reads commands from its descriptor 3, and writes replies and events to its 4.
        their_input, self._output = os.pipe()
        self._input, their_output = os.pipe()
        arguments = [
            program,
            "--headless=new",
            "--remote-debugging-pipe",
            f"--user-data-dir={self._profile}",
            "--no-first-run",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-component-update",
            "--hide-scrollbars",
        ]
        if os.geteuid() == 0:
            # Chromium refuses to run as root in its sandbox, and CI containers know no other user.
            arguments.append("--no-sandbox")
        script = f'exec "$@" 3<&{their_input} 4>&{their_output}'
        self._process = subprocess.Popen(
            ["bash", "-c", script, "bash", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=(their_input, their_output),
            start_new_session=True,
        )
        os.close(their_input)
        os.close(their_output)
        os.set_blocking(self._input, False)
        self._numbers = itertools.count(1)
        self._buffer = b""
        self.events: list[dict[str, Any]] = []

    def __enter__(self) -> Browser:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        try:
            self.call("Browser.close")
            self._process.wait(timeout=DEADLINE)
        except (BrowserError, subprocess.TimeoutExpired, OSError):
            pass
        # Its helpers too, which it leaves behind when it is killed.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        os.close(self._output)
        os.close(self._input)
        shutil.rmtree(self._profile, ignore_errors=True)

    def call(self, method: str, session: str | None = None, **parameters: Any) -> dict[str, Any]:
        """Gives a command and waits for its reply; events that come before are kept."""
        number = next(self._numbers)
        message: dict[str, Any] = {"id": number, "method": method, "params": parameters}
        if session is not None:
            message["sessionId"] = session
        rest = json.dumps(message).encode() + b"\0"
        while rest:
            rest = rest[os.write(self._output, rest) :]
        end = time.monotonic() + DEADLINE
        while True:
            reply = self._receive(end, method)
            if reply.get("id") != number:
                self.events.append(reply)
            elif "error" in reply:
                raise BrowserError(f"{method}: {reply['error']['message']}")
            else:
                return reply["result"]

    def wait_for(self, method: str, session: str) -> dict[str, Any]:
        """The next event of a name, one that came already included."""
        end = time.monotonic() + DEADLINE
        while True:
            for index, event in enumerate(self.events):
                if event.get("method") == method and event.get("sessionId") == session:
                    return self.events.pop(index)
            self.events.append(self._receive(end, method))

    def _receive(self, end: float, what: str) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            remaining = end - time.monotonic()
            if remaining <= 0 or not select.select([self._input], [], [], remaining)[0]:
                raise BrowserError(f"no answer to {what} in {DEADLINE} s")
            chunk = os.read(self._input, 1 << 20)
            if not chunk:
                raise BrowserError(f"the browser ended before it answered {what}")
            self._buffer += chunk
        line, self._buffer = self._buffer.split(b"\0", 1)
        return json.loads(line)

    def open(self, path: str | Path, fragment: str = "", **media: str) -> Page:
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        page = Page(self, session)
        for domain in ("Page", "Runtime", "Network", "Log"):
            page.call(f"{domain}.enable")
        features = [{"name": f"prefers-{name.replace('_', '-')}", "value": value} for name, value in media.items()]
        page.call("Emulation.setEmulatedMedia", features=features)
        page.load(Path(path).resolve().as_uri() + (f"#{fragment}" if fragment else ""))
        return page


class Page:
    """A tab."""

    def __init__(self, browser: Browser, session: str) -> None:
        self._browser = browser
        self._session = session

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        return self._browser.call(method, self._session, **parameters)

    def load(self, address: str) -> None:
        self.call("Page.navigate", url=address)
        self._browser.wait_for("Page.loadEventFired", self._session)

    def value(self, expression: str) -> Any:
        """What an expression, or the promise that it makes, comes to."""
        result = self.call(
            "Runtime.evaluate",
            expression=expression,
            awaitPromise=True,
            returnByValue=True,
            userGesture=True,
        )
        if "exceptionDetails" in result:
            details = result["exceptionDetails"]
            text = details.get("exception", {}).get("description", details["text"])
            raise BrowserError(f"{expression}: {text}")
        return result["result"].get("value")

    def press(self, key: str, code: int, text: str = "", modifiers: int = 0) -> None:
        """Presses a key and lets it go."""
        words: dict[str, Any] = {
            "key": key,
            "code": key,
            "windowsVirtualKeyCode": code,
            "modifiers": modifiers,
        }
        down = "keyDown" if text else "rawKeyDown"
        self.call("Input.dispatchKeyEvent", type=down, text=text, **words)
        self.call("Input.dispatchKeyEvent", type="keyUp", **words)

    def type(self, text: str) -> None:
        self.call("Input.insertText", text=text)

    def click(self, selector: str) -> None:
        """Clicks with the mouse in the middle of an element."""
        place = self.value(
            f"""(() => {{
              const element = document.querySelector({json.dumps(selector)});
              if (!element) return null;
              element.scrollIntoView({{ block: "center", inline: "center" }});
              const box = element.getBoundingClientRect();
              return [box.x + box.width / 2, box.y + box.height / 2];
            }})()"""
        )
        if place is None:
            raise BrowserError(f"there is no {selector} to click")
        for kind in ("mousePressed", "mouseReleased"):
            self.call(
                "Input.dispatchMouseEvent",
                type=kind,
                x=place[0],
                y=place[1],
                button="left",
                clickCount=1,
            )

    def problems(self) -> list[str]:
        """What went wrong in the page until now: uncaught errors, complaints, requests, dialogs."""
        self.value("0")
        found = []
        for event in self._browser.events:
            if event.get("sessionId") != self._session:
                continue
            method, details = event["method"], event.get("params", {})
            if method == "Runtime.exceptionThrown":
                found.append(f"exception: {details['exceptionDetails']['text']}")
            elif method == "Log.entryAdded":
                found.append(f"log: {details['entry']['text']}")
            elif method == "Page.javascriptDialogOpening":
                found.append(f"dialog: {details['message']}")
            elif method == "Network.requestWillBeSent":
                address = details["request"]["url"]
                if not address.startswith(("file:", "data:")):
                    found.append(f"request: {address}")
        return found

    def resize(self, width: int, height: int) -> None:
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )

    def picture(self, path: str | Path) -> None:
        """Writes what the page looks like, as PNG."""
        picture = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=False)
        Path(path).write_bytes(base64.b64decode(picture["data"]))
