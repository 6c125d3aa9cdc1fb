const app11 = 0xeb;

/** A JUMBF box: length, type, content (ISO 19566-5). */
const box = (type: string, content: Uint8Array): Buffer => {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(content.length + 8, 0);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, content]);
};

// C2PA: the type of a manifest store, and its label; 3 says that it may be asked for and has a label.
const manifestStore = Buffer.concat([
  Buffer.from('6332706100110010800000aa00389b71', 'hex'),
  Buffer.from([3]),
  Buffer.from('c2pa\0', 'latin1'),
]);

/**
 * A JPEG with an empty manifest store of Content Credentials behind its start, where Adobe's lie (C2PA: JUMBF in APP11).
 * It says that there is one; nothing is signed in it.
 */
export const withContentCredentials = (jpeg: Uint8Array): Uint8Array => {
  const store = box('jumb', box('jumd', manifestStore));
  const head = Buffer.alloc(12);
  head.writeUInt16BE(0xff00 | app11, 0);
  head.writeUInt16BE(store.length + 10, 2);
  head.write('JP', 4, 'latin1');
  head.writeUInt16BE(1, 6);
  head.writeUInt32BE(1, 8);
  return Buffer.concat([jpeg.subarray(0, 2), head, store, jpeg.subarray(2)]);
};
