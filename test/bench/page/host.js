// The part of the app's window that a measurement of the screen alone needs: loads the screen's page as an iframe of
// another site, waits for its `screen.ready`, and hands it its two ports. Driven by viewers/direct.ts.
const parameters = new URLSearchParams(location.search);
const screenUrl = parameters.get('screen');
const frame = document.createElement('iframe');
const state = { events: [] };

window.benchReady = new Promise((resolve) => {
  addEventListener('message', (event) => {
    if (event.source === frame.contentWindow && event.data?.hanare === 'screen.ready') resolve();
  });
});
frame.src = screenUrl;
frame.allow = 'clipboard-read; clipboard-write; fullscreen';
document.body.append(frame);

window.benchConnect = (options) => {
  const control = new MessageChannel();
  const bytes = new MessageChannel();
  const relay = new Worker('/relay.js');
  relay.postMessage({ url: `ws://${location.host}/bytes`, port: bytes.port1 }, [bytes.port1]);
  control.port1.onmessage = ({ data }) => {
    if (data.type !== 'figures') state.events.push(data);
    else state.figures = data.figures;
  };
  window.benchControl = control.port1;
  frame.contentWindow.postMessage({ hanare: 'screen.start', options }, new URL(screenUrl).origin, [
    control.port2,
    bytes.port2,
  ]);
  frame.focus();
};
window.benchState = () => state;
