// Desk bytes between a loopback WebSocket and the screen's MessagePort, off the page's own thread. Credit goes back to
// the proxy as text, which pauses the desk's socket (contract/ipc/byte-channel.ts).
addEventListener('message', ({ data: { url, port } }) => {
  const socket = new WebSocket(url);
  socket.binaryType = 'arraybuffer';
  const waiting = [];
  const send = (data) => (socket.readyState === WebSocket.OPEN ? socket.send(data) : waiting.push(data));
  socket.onopen = () => {
    for (const data of waiting.splice(0)) socket.send(data);
  };
  socket.onmessage = ({ data }) => port.postMessage(new Uint8Array(data), [data]);
  socket.onclose = () => port.postMessage({ type: 'end' });
  port.onmessage = ({ data }) => {
    if (data instanceof Uint8Array) send(data);
    else if (data.type === 'close') socket.close();
    else send(JSON.stringify(data));
  };
});
