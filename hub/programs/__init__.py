"""Programs of head office's own: each reads the API by a key that can be taken away."""
