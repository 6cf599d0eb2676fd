"""Capture and Report → rows. The only package that speaks SQL."""
