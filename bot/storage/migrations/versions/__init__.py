"""The migrations, in order. A published one is never changed."""
