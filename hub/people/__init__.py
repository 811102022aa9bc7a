"""People: who may sign in, as what, and to which stores."""
