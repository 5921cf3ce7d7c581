"""The service as a tool of learning platforms: LTI 1.3 with links, rosters and scores."""
