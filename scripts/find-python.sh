#!/bin/sh
# Print the first Python from 3.11 to 3.13 that runs and can make an environment, else any newer one; nothing where there is none.
for newest in 14 99; do
    for name in python3 python3.13 python3.12 python3.11 python3.14 python; do
        if "$name" -c "import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, $newest))" 2>/dev/null; then
            command -v "$name"
            exit
        fi
    done
done
