"""Append-only event logs: in memory and in SQLite, one contract; frames and parquet out and in."""
