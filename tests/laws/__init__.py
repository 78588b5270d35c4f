"""The laws of the desk."""
