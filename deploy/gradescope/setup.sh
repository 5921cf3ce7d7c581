#!/usr/bin/env bash
# Gradescope runs this once, when it builds the image: hand_in.py needs Python 3.9 or later and nothing else.
set -euo pipefail
apt-get update
apt-get install -y --no-install-recommends ca-certificates python3
chmod 600 /autograder/source/token
