"""What the scripts share: values as the adapter protocol writes them, and conversations in lines."""

import ast
import struct
import sys
from typing import Any, Callable, Dict


def tokens(value: Any) -> str:
    """The value as comma-separated tokens."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return f"int:{value}"
    if isinstance(value, float):
        return "f64:" + struct.pack(">d", value).hex()
    if isinstance(value, str):
        return "text:" + value.encode().hex()
    if isinstance(value, bytes):
        return "bytes:" + value.hex()
    return ",".join([f"list:{len(value)}"] + [tokens(item) for item in value])


def say(*words: object) -> None:
    """Writes a line at once."""
    print(*words, flush=True)


def converse(verbs: Dict[str, Callable[[str], object]]) -> None:
    """Obeys lines of a verb and its argument until there are no more; each is answered with a line."""
    for line in sys.stdin:
        verb, _, argument = line.rstrip("\n").partition(" ")
        try:
            answer = verbs[verb](argument)
        except Exception as error:
            message = str(error).replace("\n", " ")
            answer = f"error {type(error).__name__}: {message}"
        say("ok" if answer is None else answer)


literal = ast.literal_eval
