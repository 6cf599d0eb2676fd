"""URL → Capture. Knows the web; knows nothing of tables or databases."""
