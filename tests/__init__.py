"""The tests of deskkit, a folder per kind."""
