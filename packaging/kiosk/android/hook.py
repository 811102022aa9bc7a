"""Called by python-for-android once it has written the manifest: makes the receiver known to Android."""

from pathlib import Path
from typing import Any

RECEIVER = """
        <receiver android:name="org.cerchio.kiosk.LockTaskReceiver"
                  android:permission="android.permission.BIND_DEVICE_ADMIN" android:exported="true">
            <meta-data android:name="android.app.device_admin" android:resource="@xml/device_admin"/>
            <intent-filter><action android:name="android.app.action.DEVICE_ADMIN_ENABLED"/></intent-filter>
        </receiver>
"""


def after_apk_build(toolchain: Any) -> None:
    """Add the receiver to the manifest of the distribution that is being built; once is enough."""
    manifest = Path(toolchain._dist.dist_dir) / "src" / "main" / "AndroidManifest.xml"
    text = manifest.read_text("utf-8")
    if "LockTaskReceiver" not in text:
        before, closing, after = text.rpartition("</application>")
        manifest.write_text(before + RECEIVER + closing + after, "utf-8")
