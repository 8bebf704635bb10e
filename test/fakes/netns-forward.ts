import { connect, createServer } from 'node:net';

/** A way from a namespace to a server elsewhere: each connection to host and port goes on to a socket in the file system. */
const [host = '', port = '', path = ''] = process.argv.slice(2);

createServer((socket) => {
  const other = connect(path);
  socket.on('error', () => other.destroy());
  other.on('error', () => socket.destroy());
  socket.pipe(other).pipe(socket);
}).listen(Number(port), host, () => process.stdout.write('ready\n'));
