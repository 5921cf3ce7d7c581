"""The queue and the workers: from an accepted row to a published grade."""
