package org.cerchio.kiosk;

import android.app.admin.DeviceAdminReceiver;
import android.app.admin.DevicePolicyManager;
import android.content.ComponentName;
import android.content.Context;
import android.content.Intent;
import android.os.BatteryManager;
import android.provider.Settings;

/**
 * Owns the device, so that the kiosk may keep the screen for itself.
 *
 * Once, on a tablet without accounts:
 * adb shell dpm set-device-owner org.cerchio.kiosk/.LockTaskReceiver
 */
public class LockTaskReceiver extends DeviceAdminReceiver {

    @Override
    public void onEnabled(Context context, Intent intent) {
        DevicePolicyManager policies = getManager(context);
        if (!policies.isDeviceOwnerApp(context.getPackageName())) {
            return;
        }
        ComponentName admin = getWho(context);
        policies.setLockTaskPackages(admin, new String[] {context.getPackageName()});
        policies.setKeyguardDisabled(admin, true);
        policies.setStatusBarDisabled(admin, true);
        int everySource = BatteryManager.BATTERY_PLUGGED_AC
                | BatteryManager.BATTERY_PLUGGED_USB
                | BatteryManager.BATTERY_PLUGGED_WIRELESS;
        policies.setGlobalSetting(
                admin, Settings.Global.STAY_ON_WHILE_PLUGGED_IN, Integer.toString(everySource));
    }
}
