// A dedicated worker of the page: carries the messages of each handed-over MessagePort over a WebSocket of its own, so
// that the page's main thread is not in the byte path. `createCloneCodec` stands before this source.
const codec = createCloneCodec();

/** @param {MessagePort} port @param {string} url */
function carry(port, url) {
  const socket = new WebSocket(url);
  socket.binaryType = 'arraybuffer';
  /** @type {(string | ArrayBuffer | ArrayBufferView<ArrayBuffer>)[] | undefined} */
  let early = [];
  let bufferNext = false;
  const send = (/** @type {string | ArrayBuffer | ArrayBufferView<ArrayBuffer>} */ frame) =>
    early ? early.push(frame) : socket.send(frame);

  port.onmessage = ({ data, ports }) => {
    if (ports.length > 0) throw new Error('the Electron stand-in sends no ports through a port');
    if (data instanceof Uint8Array) return send(/** @type {Uint8Array<ArrayBuffer>} */ (data));
    if (data instanceof ArrayBuffer) {
      send('b');
      return send(data);
    }
    send(`j${codec.encode(data)}`);
  };
  // Also when the process at the other end died or let the port be collected.
  port.addEventListener('close', () => socket.close(1000));

  socket.onopen = () => {
    const waiting = early ?? [];
    early = undefined;
    for (const frame of waiting) socket.send(frame);
  };
  socket.onmessage = ({ data }) => {
    if (typeof data !== 'string') {
      port.postMessage(bufferNext ? data : new Uint8Array(data), [data]);
      bufferNext = false;
    } else if (data === 'b') bufferNext = true;
    else port.postMessage(codec.decode(data.slice(1)));
  };
  socket.onclose = () => port.close();
}

addEventListener('message', ({ data, ports: [port] }) => {
  if (port) carry(port, data.url);
});
