"""Uploaded files, whole and in parts."""
