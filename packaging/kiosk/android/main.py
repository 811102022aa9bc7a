"""What Android starts: the kiosk's window, on the folder that Android gives the program."""

import sys


def stay() -> None:
    """Let Android keep the program on the screen: no home, no other program, no notifications.

    It does so without asking only where the receiver beside this file owns the device.
    """
    from android import mActivity  # type: ignore[import-not-found]
    from jnius import autoclass  # type: ignore[import-not-found]

    autoclass("org.cerchio.kiosk.LockTaskReceiver").keepScreen(mActivity)
    mActivity.startLockTask()


def main() -> None:
    """Show the window until somebody of the service ends it."""
    from kiosk.__main__ import main as kiosk

    if hasattr(sys, "getandroidapilevel"):
        stay()
        sys.argv = ["cerchio-kiosk", "run"]
    kiosk()


if __name__ == "__main__":
    main()
