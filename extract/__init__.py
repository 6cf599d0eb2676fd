"""Bytes → Report. Pure: no network, no clock, no database, no configuration."""

VERSION = "3"
"""The generation of the readers: raised whenever the same bytes may give other figures than before."""
