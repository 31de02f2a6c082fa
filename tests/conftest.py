"""Puts this folder on the path of all tests: what several areas share lies here."""
