"""Reference values for the mel power spectrogram, made with torchaudio: golden/sound/mel.safetensors. See README.md.

usage: mel.py FOLDER, where FOLDER/speech-commands-mini holds real clips (16-bit mono at 16 kHz)
"""
import json
import pathlib
import struct
import sys
import wave

import numpy as np
import torch
import torchaudio

GOLDEN = pathlib.Path(__file__).resolve().parent / "golden"
WHOLE = ["sheila/bf8d5617_nohash_0.wav", "eight/97f4c236_nohash_2.wav"]  # the first is shorter than a second


def noise(count):
    """Loud white noise from a linear congruential generator, exact in any language."""
    state, out = 1, []
    for _ in range(count):
        state = (state * 1664525 + 1013904223) % 2**32
        out.append((state >> 16) - 32768)
    return np.array(out, dtype=np.float32) / 32768


def sweep(count):
    """A sawtooth, its pitch rising from 0 to the top: every band in turn, the others far below it."""
    phase, out = 0, []
    for i in range(count):
        phase = (phase + i * (2**31 // count)) % 2**32
        out.append((phase >> 16) - 32768)
    return np.array(out, dtype=np.float32) / np.float32(65536)


def click(count):
    """Silence, a click and an offset: most frames are 0 or hold almost nothing."""
    out = np.zeros(count, dtype=np.float32)
    out[count // 3] = 1
    out[count // 2 :] = 1 / 4096
    return out


MADE = {"noise": (noise, 201), "sweep": (sweep, 8007), "click": (click, 2400)}


def read(file):
    with wave.open(str(file)) as clip:
        assert (clip.getframerate(), clip.getnchannels(), clip.getsampwidth()) == (16000, 1, 2)
        return np.frombuffer(clip.readframes(clip.getnframes()), dtype=np.int16).astype(np.float32) / 32768


def save(file, metadata, tensors):
    header, data = {"__metadata__": metadata}, b""
    for name, tensor in tensors.items():
        raw = tensor.contiguous().numpy().astype("<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    file.write_bytes(struct.pack("<Q", len(text)) + text + data)


def main():
    mel = torchaudio.transforms.MelSpectrogram(16000, n_fft=400, win_length=400, hop_length=160, n_mels=40)
    real = pathlib.Path(sys.argv[1]) / "speech-commands-mini"
    tensors = {f"made/{name}": mel(torch.from_numpy(make(count))) for name, (make, count) in MADE.items()}
    for clip in WHOLE:
        tensors[f"real/{clip}"] = mel(torch.from_numpy(read(real / clip)))
    # Of each of the others, one frame: that of its number, round and round.
    clips = sorted(str(file.relative_to(real)) for file in real.glob("*/*_nohash_*.wav"))
    rows = []
    for number, clip in enumerate(clips):
        power = mel(torch.from_numpy(read(real / clip)))
        rows.append(power[:, number % power.shape[1]])
    tensors["frames"] = torch.stack(rows)
    (GOLDEN / "sound").mkdir(exist_ok=True)
    save(GOLDEN / "sound" / "mel.safetensors", {"torchaudio": torchaudio.__version__, "clips": json.dumps(clips)}, tensors)


if __name__ == "__main__":
    main()
