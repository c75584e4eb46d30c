"""The endpoint of the adapter {name}: it answers hello and refuses everything else. interop/README.md says how to go on."""

import platform
import re
import sys
from urllib.parse import quote

KEYS = {"open": {"channel", "transport", "role", "address", "framing"}}
OPTIONAL_VERBS = {"echo", "ping", "layout"}


def answer(line: bytes) -> str:
    verb, *words = line.decode("latin-1").split(" ")
    keys = [word.partition("=")[0] for word in words if re.fullmatch(r"[a-z0-9-]+=\S*", word)]
    if verb in OPTIONAL_VERBS:
        return refusal("unsupported", f"there is no {verb} yet")
    if len(line) > 262144 or len(set(keys)) < len(words):
        return refusal("usage", "that is not verb key=value key=value")
    if verb == "hello" and not keys:
        runtime = quote(f"CPython {platform.python_version()}")
        return f"ok protocol=1 language=python runtime={runtime} transports= framings= codecs= features="
    if verb == "open" and KEYS[verb] <= set(keys):
        return refusal("unsupported", "there is no such transport yet")
    if verb == "reset" and not keys:
        return "ok"
    return refusal("usage", "no such verb, other keys, or a channel that is not open")


def refusal(kind: str, message: str) -> str:
    return f"error kind={kind} message={quote(message)}"


for command in sys.stdin.buffer:
    # The end of the input can cut a line off: then it is not obeyed.
    if command.endswith(b"\n"):
        # Without flush=True the reply would wait in a buffer.
        print(answer(command[:-1]), flush=True)
