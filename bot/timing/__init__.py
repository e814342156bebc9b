"""Now, how often something may happen, and how the start waits."""
