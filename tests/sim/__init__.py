"""Tests of the simulation; a package, because they share what scenarios and cases they use."""
