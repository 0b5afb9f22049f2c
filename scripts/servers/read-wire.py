"""Prints a record in Confluent wire format as JSON, as any consumer would read it: its schema comes from the registry."""

import base64
import io
import json
import struct
import sys
import urllib.request

import fastavro

registry, path = sys.argv[1:]
with open(path, "rb") as file:
    value = file.read()
magic, schema_id = struct.unpack(">bI", value[:5])
with urllib.request.urlopen(f"{registry}/schemas/ids/{schema_id}") as answer:
    schema = fastavro.parse_schema(json.loads(json.load(answer)["schema"]))
record = fastavro.schemaless_reader(io.BytesIO(value[5:]), schema)
print(json.dumps(record, default=lambda data: {"base64": base64.b64encode(data).decode()}))
