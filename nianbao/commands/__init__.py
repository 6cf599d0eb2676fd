"""The commands: one module each, whose `command` is what `nianbao NAME` runs. Shells only; the work is done elsewhere."""
