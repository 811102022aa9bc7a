"""The window: what customers and managers see and touch. The only room that knows Kivy."""
