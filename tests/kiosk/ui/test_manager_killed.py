"""A manager's word is on the disk before the page says so: the program is killed the moment it does."""

import os
import subprocess
import sys
from pathlib import Path
from signal import SIGKILL

from kiosk.config import Config
from kiosk.storage.pin import set_pin
from tests.support.answers import a_response, an_id
from tests.support.kiosk import Kiosk

KILLED = """
import os, signal, sys
from pathlib import Path
from tests.support.window import window
from kiosk.backstage import Backstage
from kiosk.config import Config, load_snapshot

config = Config(data=Path(sys.argv[1]))
with window(load_snapshot(config.data), Backstage(config, alone=True)) as screen:
    screen.app._open_desk()
    screen.enter("24680")
    screen.until(lambda: screen.shows("tab-tablet"))
    screen.tap("tab-tablet")
    for touch in range(int(sys.argv[3])):
        before = "Counts from now on." in screen.texts()
        screen.tap("doubt-" + sys.argv[2])
        screen.until(lambda: ("Counts from now on." in screen.texts()) is not before)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def killed_after(touches: int, data: Path) -> None:
    command = [sys.executable, "-c", KILLED, str(data), an_id(1), str(touches)]
    done = subprocess.run(command, check=False, timeout=120, env=os.environ, capture_output=True)
    assert done.returncode == -SIGKILL, done.stderr.decode()[-2000:]


def test_what_the_page_said_holds_after_the_program_was_killed(tmp_path: Path) -> None:
    config = Config(data=tmp_path / "data")
    kiosk = Kiosk(config)
    kiosk.ask(lambda s: set_pin(s.settings, "24680"))
    kiosk.give(a_response(1, flags=("sweep",)))
    kiosk.close()
    for touches, counted in ((1, 1), (1, 0), (3, 1)):
        killed_after(touches, config.data)
        kiosk = Kiosk(config)
        assert kiosk.ask(lambda s: s.outbox.tallies())[0].total == counted
        kiosk.close()
