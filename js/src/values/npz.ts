// Arrays as one npz file, which NumPy opens: a zip, nothing compressed, of npy files in float32.

export interface Named {
  name: string;
  shape: readonly number[];
  values: Float32Array;
}

/** The file that `numpy.load` reads, by the names given. */
export function npz(arrays: readonly Named[]): Uint8Array {
  const files: Uint8Array[] = [];
  const index: Uint8Array[] = [];
  let at = 0;
  for (const array of arrays) {
    const name = new TextEncoder().encode(`${array.name}.npy`);
    const content = npy(array);
    // version 2.0, names in UTF-8, stored, 1 January 1980
    const about = [word(20, 2), word(0x800, 2), word(0, 2), word(0, 2), word(33, 2), word(crc32(content), 4)];
    about.push(word(content.length, 4), word(content.length, 4), word(name.length, 2), word(0, 2));
    const head = joined([word(0x04034b50, 4), ...about, name]);
    files.push(head, content);
    const entry = [word(0x02014b50, 4), word(20, 2), ...about, word(0, 2), word(0, 2), word(0, 2), word(0, 4)];
    index.push(joined([...entry, word(at, 4), name]));
    at += head.length + content.length;
  }
  const size = index.reduce((sum, entry) => sum + entry.length, 0);
  const count = word(index.length, 2);
  const end = [word(0x06054b50, 4), word(0, 4), count, count, word(size, 4), word(at, 4), word(0, 2)];
  return joined([...files, ...index, ...end]);
}

/** An array as NumPy writes it: a header of a multiple of 64 bytes, then the numbers in C order. */
function npy({ shape, values }: Named): Uint8Array {
  const about = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.map((size) => `${size},`).join("")}), }`;
  const header = new TextEncoder().encode(`${about.padEnd(Math.ceil((about.length + 11) / 64) * 64 - 11)}\n`);
  const numbers = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const magic = Uint8Array.of(0x93, ...new TextEncoder().encode("NUMPY"), 1, 0);
  return joined([magic, word(header.length, 2), header, numbers]);
}

/** A whole number in little-endian bytes. */
function word(value: number, bytes: number): Uint8Array {
  return Uint8Array.from({ length: bytes }, (_, place) => (value >>> (8 * place)) & 255);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});

/** The checksum that a zip holds of each file. */
function crc32(bytes: Uint8Array): number {
  let value = -1;
  for (const byte of bytes) value = TABLE[(value ^ byte) & 255]! ^ (value >>> 8);
  return (value ^ -1) >>> 0;
}
