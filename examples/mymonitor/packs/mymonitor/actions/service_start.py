#!/usr/bin/env python3
"""Runs the start command, which the rule hands over in OPERATION_COMMAND."""
import os
import subprocess
import sys

command = os.environ.get("OPERATION_COMMAND", "service vsftpd start")
if len(sys.argv) > 1:
    print("argument:", *sys.argv[1:])
print("running:", command, flush=True)
sys.exit(subprocess.call(command, shell=True))
