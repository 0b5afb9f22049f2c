"""Prints an Avro object container file as lines of JSON: its metadata, then a record a line. Bytes become {"base64": ...}."""

import base64
import json
import sys

import fastavro


def plain(value):
    if isinstance(value, bytes):
        return {"base64": base64.b64encode(value).decode()}
    if isinstance(value, dict):
        return {name: plain(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(part) for part in value]
    return value


with open(sys.argv[1], "rb") as file:
    reader = fastavro.reader(file, return_record_name=True, return_record_name_override=True)
    print(json.dumps(reader.metadata))
    for record in reader:
        print(json.dumps(plain(record)))
