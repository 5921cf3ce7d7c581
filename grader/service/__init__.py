"""The grader as a service: uploads in a database, graded by workers from a durable queue."""
