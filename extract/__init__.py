"""Bytes → Report. Pure: no network, no clock, no database, no configuration."""
