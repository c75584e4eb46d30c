"""The endpoint of the adapter {name}: it answers hello and refuses everything else.

interop/README.md says how to go on.
In another language, change language= and runtime= in the reply to hello: they say what the program runs on.
"""

import platform
import re
import sys
from urllib.parse import quote, unquote

WORD = re.compile(r"[a-z0-9-]+=[A-Za-z0-9_./:,@+~%-]*")
BAD_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
CHANNEL_NAME = re.compile(r"[a-z0-9]{1,16}")
OPTIONAL_VERBS = {"echo", "ping", "layout", "call"}
NEEDED_BY_OPEN = {"channel", "transport", "role", "address", "framing"}
ALLOWED_BY_OPEN = {"limit", "authkey", "queue", "size", "offset", "length", "lock", "slots"} | NEEDED_BY_OPEN
# The smallest number that each of these may have.
NUMBERS = {"limit": 1, "size": 1, "length": 1, "offset": 0}


def answer(line: bytes) -> str:
    # The order matters: of several refusals that apply, every endpoint gives the same one.
    verb, *words = line.decode("latin-1").split(" ")
    if len(line) > 262144 or not all(WORD.fullmatch(word) and not BAD_PERCENT.search(word) for word in words):
        return refusal("usage", "that is not verb key=value key=value, with one blank between words")
    values = {key: unquote(value) for key, value in (word.split("=") for word in words)}
    if len(values) < len(words):
        return refusal("usage", "a key stands twice")
    if verb in OPTIONAL_VERBS:
        return refusal("unsupported", f"there is no {verb} yet")
    if verb == "hello" and not values:
        runtime = quote(f"CPython {platform.python_version()}")
        return f"ok protocol=1 language=python runtime={runtime} transports= framings= codecs= features="
    if verb == "open" and NEEDED_BY_OPEN <= values.keys() <= ALLOWED_BY_OPEN and has_right_forms(values):
        return refusal("unsupported", "there is no such transport yet")
    if verb == "reset" and not values:
        return "ok"
    return refusal("usage", "no such verb, other keys or values, or a channel that is not open")


def has_right_forms(values: dict) -> bool:
    numbers = [(values[key], smallest) for key, smallest in NUMBERS.items() if key in values]
    return CHANNEL_NAME.fullmatch(values["channel"]) is not None and all(
        re.fullmatch("0|[1-9][0-9]{0,9}", text) and smallest <= int(text) <= 2147483647 for text, smallest in numbers
    )


def refusal(kind: str, message: str) -> str:
    return f"error kind={kind} message={quote(message)}"


for command in sys.stdin.buffer:
    # The end of the input can cut a line off: then it is not obeyed.
    if command.endswith(b"\n"):
        # Without flush=True the reply would wait in a buffer.
        print(answer(command[:-1]), flush=True)
