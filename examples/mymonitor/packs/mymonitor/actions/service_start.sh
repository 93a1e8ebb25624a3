#!/bin/sh
# Runs the start command, which the rule hands over in OPERATION_COMMAND.
set -eu
command=${OPERATION_COMMAND:-service vsftpd start}
if [ $# -gt 0 ]; then
    echo "argument: $*"
fi
echo "running: $command"
sh -c "$command"
