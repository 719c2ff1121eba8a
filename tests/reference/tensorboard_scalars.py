"""Prints what a folder of TensorBoard event files holds, as JSON: {"scalars": {tag: [[step, wall time, value], …]}, "texts": {tag:
text}}. Read by TensorBoard itself where it is installed, else by Python's protobuf from TensorFlow's published field numbers,
with every checksum checked. Exits with 77 where neither is there."""
import json
import math
import os
import struct
import sys


def number(value):
    return value if math.isfinite(value) else str(value)


def by_tensorboard(folder):
    from tensorboard.backend.event_processing import event_accumulator
    everything = {name: 0 for name in event_accumulator.DEFAULT_SIZE_GUIDANCE}
    events = event_accumulator.EventAccumulator(folder, size_guidance=everything)
    events.Reload()
    tags = events.Tags()
    return {"reader": "tensorboard",
            "scalars": {tag: [[e.step, e.wall_time, number(e.value)] for e in events.Scalars(tag)] for tag in tags["scalars"]},
            "texts": {tag: events.Tensors(tag)[0].tensor_proto.string_val[0].decode() for tag in tags["tensors"]}}


def event_class():
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
    kinds = descriptor_pb2.FieldDescriptorProto
    messages = {
        "Dim": [("size", 1, kinds.TYPE_INT64, "")],
        "Shape": [("dim", 2, kinds.TYPE_MESSAGE, "Dim*")],
        "Tensor": [("dtype", 1, kinds.TYPE_INT32, ""), ("tensor_shape", 2, kinds.TYPE_MESSAGE, "Shape"),
                   ("string_val", 8, kinds.TYPE_BYTES, "*")],
        "PluginData": [("plugin_name", 1, kinds.TYPE_STRING, "")],
        "Metadata": [("plugin_data", 1, kinds.TYPE_MESSAGE, "PluginData")],
        "Value": [("tag", 1, kinds.TYPE_STRING, ""), ("simple_value", 2, kinds.TYPE_FLOAT, "?"),
                  ("tensor", 8, kinds.TYPE_MESSAGE, "Tensor"), ("metadata", 9, kinds.TYPE_MESSAGE, "Metadata")],
        "Summary": [("value", 1, kinds.TYPE_MESSAGE, "Value*")],
        "Event": [("wall_time", 1, kinds.TYPE_DOUBLE, ""), ("step", 2, kinds.TYPE_INT64, ""),
                  ("file_version", 3, kinds.TYPE_STRING, ""), ("summary", 5, kinds.TYPE_MESSAGE, "Summary")],
    }
    file = descriptor_pb2.FileDescriptorProto(name="events.proto", package="events", syntax="proto2")
    for name, fields in messages.items():
        message = file.message_type.add(name=name)
        for field, place, kind, of in fields:
            added = message.field.add(name=field, number=place, type=kind,
                                      label=kinds.LABEL_REPEATED if of.endswith("*") else kinds.LABEL_OPTIONAL)
            if kind == kinds.TYPE_MESSAGE:
                added.type_name = ".events." + of.rstrip("*")
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    descriptor = pool.FindMessageTypeByName("events.Event")
    if hasattr(message_factory, "GetMessageClass"):
        return message_factory.GetMessageClass(descriptor)
    return message_factory.MessageFactory(pool).GetPrototype(descriptor)


def masked_crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    crc ^= 0xFFFFFFFF
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def by_protobuf(folder):
    event_of = event_class()
    found = {"reader": "protobuf", "scalars": {}, "texts": {}}
    for name in sorted(os.listdir(folder)):
        data = open(os.path.join(folder, name), "rb").read()
        at = 0
        while at < len(data):
            (length,) = struct.unpack_from("<Q", data, at)
            (head,) = struct.unpack_from("<I", data, at + 8)
            body = data[at + 12:at + 12 + length]
            (tail,) = struct.unpack_from("<I", data, at + 12 + length)
            assert head == masked_crc32c(data[at:at + 8]) and tail == masked_crc32c(body), f"{name}: byte {at}"
            at += 16 + length
            event = event_of.FromString(body)
            for value in event.summary.value:
                if value.HasField("simple_value"):
                    point = [event.step, event.wall_time, number(value.simple_value)]
                    found["scalars"].setdefault(value.tag, []).append(point)
                elif value.metadata.plugin_data.plugin_name == "text":
                    found["texts"][value.tag] = value.tensor.string_val[0].decode()
    return found


def main():
    missing = []
    for reader in (by_tensorboard, by_protobuf):
        try:
            print(json.dumps(reader(sys.argv[1])))
            return 0
        except ImportError as error:
            missing.append(str(error))
    print("; ".join(missing))
    return 77


sys.exit(main())
