"""The pages of the service, by who sees them."""
