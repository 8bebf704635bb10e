import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { buildWasm } from '#build/bundle/wasm.ts';
import { RdpClient } from '#renderer/screen/rdp/client.ts';
import { rdpCodecFactory } from '#renderer/screen/rdp/codec.ts';
import { Drdynvc } from '#renderer/screen/rdp/egfx/drdynvc.ts';

/*
 * No clipboard, drive, printer, port, smart card, USB, camera, microphone, geometry or input leaves or enters by RDP: the
 * channels for them are not switched off but absent. Sound comes in where the office lets it be heard, and nowhere else.
 */
const root = join(import.meta.dirname, '../../..');
/** Names of static and dynamic channels of MS-RDP's device and data extensions. */
const deviceChannels = [
  ...['cliprdr', 'rdpdr', 'rail', 'tsmf', 'urbdrc', 'remdesk', 'RDCamera', 'Rdpecam', 'AUDIO_INPUT'],
  ...['Microsoft::Windows::RDS::Input', 'Microsoft::Windows::RDS::Geometry', 'Video::Control'],
  ...[
    'AUDIO_PLAYBACK_LOSSY_DVC',
    'FileRedirector',
    'PNPDR',
    'WebAuthN',
    'Redirection',
    'Telemetry',
    'CoreInput',
    'MouseCursor',
  ],
];

const sources = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ts|tsx)$/.test(name))
    .map((name) => join(root, folder, name));

test.each(['main/desk', 'renderer/screen', 'contract', 'preload'])(
  '%s names no channel for devices or data',
  (folder) => {
    const files = sources(folder);
    expect(files.length).toBeGreaterThan(3);
    for (const file of files) {
      const text = readFileSync(file, 'utf8');
      for (const name of deviceChannels)
        expect(new RegExp(`['"\`]${name}`, 'i').test(text), `${name} in ${file}`).toBe(false);
    }
  },
);

const soundChannels = ['rdpsnd', 'AUDIO_PLAYBACK_DVC'];

test('one file names the channels of sound', () => {
  const naming = ['main', 'renderer', 'contract', 'preload']
    .flatMap(sources)
    .filter((file) => soundChannels.some((name) => readFileSync(file, 'utf8').includes(`'${name}'`)));
  expect(naming).toEqual([join(root, 'renderer/screen/rdp/client.ts')]);
});

async function firstWords(audio: boolean | undefined): Promise<string> {
  const sent: Uint8Array[] = [];
  const newCodec = rdpCodecFactory(await buildWasm('rdp'));
  const nothing = () => {};
  const effects = {
    ...{ consumed: nothing, challenge: nothing, clientInfo: nothing, opened: nothing, resized: nothing },
    ...{ frame: nothing, cursor: nothing, locks: nothing, ended: nothing, sound: nothing },
    send: (bytes: Uint8Array) => void sent.push(bytes),
  };
  const options = {
    ...{ selectedProtocol: 2, graphicsPipeline: true, video: null, size: { width: 1280, height: 800 } },
    ...(audio === undefined ? {} : { audio }),
  };
  new RdpClient(newCodec(64 * 1024 * 1024), options, effects).close();
  expect(sent).toHaveLength(1);
  const text = Buffer.from(sent[0]!).toString('latin1');
  // CS_NET (MS-RDPBCGR 2.2.1.3.4): type, length, count, then a name of eight bytes and options for each channel.
  return text.slice(text.indexOf('\x03\xc0'));
}

test.each([undefined, false])('the first words to a desk ask for one static channel (sound: %s)', async (audio) => {
  const block = await firstWords(audio);
  expect(block.slice(0, 16)).toBe('\x03\xc0\x14\x00\x01\x00\x00\x00drdynvc\0');
  expect(block).toHaveLength(0x14);
});

test('… and for that of sound where it may be heard', async () => {
  const block = await firstWords(true);
  expect(block.slice(0, 16)).toBe('\x03\xc0\x20\x00\x02\x00\x00\x00drdynvc\0');
  expect(block.slice(20, 28)).toBe('rdpsnd\0\0');
  expect(block).toHaveLength(0x20);
});

test.each([...deviceChannels, ...soundChannels, '', 'drdynvc', 'Microsoft::Windows::RDS::graphics'])(
  'a desk that creates the dynamic channel "%s" is told that there is none',
  (name) => {
    const answers: string[] = [];
    const handler = { opened: () => answers.push('OPENED'), message: () => {}, closed: () => {} };
    const names = ['Microsoft::Windows::RDS::Graphics', 'Microsoft::Windows::RDS::DisplayControl'];
    const channels = new Drdynvc(new Map(names.map((known) => [known, handler])), (pdu) =>
      answers.push(Buffer.from(pdu).toString('hex')),
    );
    // DYNVC_CAPS_VERSION1, then DYNVC_CREATE_REQ for channel 7 (MS-RDPEDYC 2.2.1.1.1 and 2.2.2.1).
    channels.push(Buffer.from('50000100', 'hex'));
    answers.length = 0;
    channels.push(Buffer.concat([Buffer.from('1007', 'hex'), Buffer.from(`${name}\0`, 'latin1')]));
    expect(answers).toEqual(['100790040780']);
  },
);
