"""Reads aloud through espeak-ng, where that is installed: one text at a time, on a thread of its own."""

import re
from concurrent.futures import Future, ThreadPoolExecutor
from shutil import which
from subprocess import DEVNULL, PIPE, Popen

PROGRAM = "espeak-ng"

WORDS_A_MINUTE = "150"
"""Slower than the program's own 175: whoever listens does not read along."""

PHONE = re.compile(r"\+\d[\d ]*\d")


class Mute(RuntimeError):
    """A text could not be read aloud; the message is the program's own."""


def find_program() -> str | None:
    """Return where espeak-ng is, or None where it is not installed."""
    return which(PROGRAM)


def readable(text: str) -> str:
    """Return a text with its phone numbers digit by digit: they would be read as thousands and millions."""
    return PHONE.sub(lambda found: " ".join(found[0].replace(" ", "")), text)


class Voice:
    """A voice that nothing waits for. A new text, hush and close each stop the one under way."""

    def __init__(self, program: str) -> None:
        self._program = program
        self._thread = ThreadPoolExecutor(1, "voice")
        self._process: Popen[str] | None = None
        self._turn = 0

    def say(self, text: str, language: str) -> Future[None]:
        """Read a text; done when it has been read or stopped, or with Mute.

        The program is started without a shell, and takes the text from its input, so that no text is an
        option and none is in the list of processes.
        """
        self.hush()
        return self._thread.submit(self._speak, text, language, self._turn)

    def hush(self) -> None:
        """Stop at once."""
        self._turn += 1
        if self._process:
            self._process.kill()

    def close(self) -> None:
        """Stop and read no more."""
        self.hush()
        self._thread.shutdown()

    def _speak(self, text: str, language: str, turn: int) -> None:
        if turn != self._turn:
            return
        order = [self._program, "-v", language, "-s", WORDS_A_MINUTE, "--stdin"]
        try:
            process = Popen(  # noqa: S603 - no shell, and a language's code is all that is not fixed
                order, stdin=PIPE, stdout=DEVNULL, stderr=PIPE, text=True, encoding="utf-8"
            )
        except OSError as reason:
            raise Mute(str(reason)) from reason
        self._process = process
        if turn != self._turn:  # hushed while it was starting
            process.kill()
        _, said = process.communicate(readable(text))
        self._process = None
        # Without a sound card the program complains and still ends with 0.
        complains = any(line.lower().startswith("error:") for line in said.splitlines())
        if turn == self._turn and (process.returncode or complains):
            raise Mute(said.strip())
