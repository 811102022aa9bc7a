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
        keepScreen(context);
    }

    /**
     * Lets the kiosk keep the screen, if this receiver owns the device.
     *
     * The kiosk asks for it at each start, too: Android enables a receiver before it makes it the owner, so
     * that being enabled may come too early.
     */
    public static void keepScreen(Context context) {
        DevicePolicyManager policies =
                (DevicePolicyManager) context.getSystemService(Context.DEVICE_POLICY_SERVICE);
        if (!policies.isDeviceOwnerApp(context.getPackageName())) {
            return;
        }
        ComponentName admin = new ComponentName(context, LockTaskReceiver.class);
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
