"""What kiosk and hub both speak. Pure: nothing here reads a disk, a clock, a network or a screen."""
