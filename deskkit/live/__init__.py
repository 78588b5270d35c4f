"""The live desk: the one driver that decides for a log."""
