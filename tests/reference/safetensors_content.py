#!/usr/bin/python3
# What a safetensors file holds, read by the format's description alone with NumPy (Debian has no package of the
# library): JSON on standard output. A test lets it read what was exported. Exits 77 where NumPy is missing.
import hashlib
import json
import struct
import sys

try:
    import numpy
except ImportError:
    print("no NumPy")
    sys.exit(77)

TYPES = {"F64": "<f8", "F32": "<f4", "I64": "<i8", "U8": "u1"}

with open(sys.argv[1], "rb") as file:
    content = file.read()
(size,) = struct.unpack("<Q", content[:8])
header = json.loads(content[8 : 8 + size])
data = content[8 + size :]
metadata = header.pop("__metadata__", {})
tensors, end = {}, 0
for name, entry in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
    begin, after = entry["data_offsets"]
    assert begin == end, "the data overlap or leave a gap"
    end = after
    values = numpy.frombuffer(data[begin:after], TYPES[entry["dtype"]]).reshape(entry["shape"])
    tensors[name] = {
        "shape": list(values.shape),
        "finite": bool(numpy.isfinite(values).all()),
        "sha256": hashlib.sha256(values.tobytes()).hexdigest(),
    }
assert end == len(data), "there is more than the header says"
print(json.dumps({"metadata": metadata, "tensors": tensors}))
