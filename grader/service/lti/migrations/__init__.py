"""Migrations of the tables of learning platforms."""
