#!/usr/bin/env bash
# An Avro reader that is not ours: fastavro (MIT) from PyPI, in a virtual environment of its own.
#
#   fastavro.sh version               the version that setup gets
#   fastavro.sh setup                 fetch it once: 38 MB with its pip
#   fastavro.sh read FILE             records of an Avro object container file as lines of JSON on stdout; the first line holds
#                                     the file's metadata. Bytes are written as base64
#   fastavro.sh read-wire URL FILE    a record of a topic as JSON on stdout, by its schema in the registry at URL
#
# Needs Python 3.9 or newer with its module venv.
#
#   EARSHOT_SERVERS    where it is kept             (default ~/.cache/earshot-servers)
#   FASTAVRO_VERSION   which version                (default below)
set -euo pipefail

version=${FASTAVRO_VERSION:-1.13.1}
home=${EARSHOT_SERVERS:-$HOME/.cache/earshot-servers}/fastavro-$version

setup() {
  [[ -f $home/.complete ]] && return
  command -v python3 >/dev/null || { echo "fastavro.sh: Python is missing; install it (apt-get install python3 python3-venv)" >&2; exit 1; }
  python3 -m venv --clear "$home" || { echo "fastavro.sh: Python has no module venv; install it (apt-get install python3-venv)" >&2; exit 1; }
  "$home/bin/pip" install --quiet --disable-pip-version-check --only-binary :all: "fastavro==$version"
  touch "$home/.complete"
}

read_file() {
  setup >&2
  exec "$home/bin/python" "$(dirname "${BASH_SOURCE[0]}")/read-avro.py" "$1"
}

read_wire() {
  setup >&2
  exec "$home/bin/python" "$(dirname "${BASH_SOURCE[0]}")/read-wire.py" "$1" "$2"
}

case ${1:-} in
  version) echo "fastavro $version" ;;
  setup) setup ;;
  read) [[ $# -eq 2 ]] || { echo "usage: fastavro.sh read FILE" >&2; exit 2; }; read_file "$2" ;;
  read-wire) [[ $# -eq 3 ]] || { echo "usage: fastavro.sh read-wire URL FILE" >&2; exit 2; }; read_wire "$2" "$3" ;;
  *) echo "usage: fastavro.sh version | setup | read FILE | read-wire URL FILE" >&2; exit 2 ;;
esac
