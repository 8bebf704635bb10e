import { parseSync } from 'oxc-parser';

/*
 * What Electronegativity looks for, on the sources as they are (it knows neither today's TypeScript nor private members, and
 * asks the internet at each run), and stricter where this app can afford it: what is imported of Electron is listed.
 */

/** Electron's values that the product uses. A new name is to be judged first: `shell`, `crashReporter`, `net`, … stay out. */
const imported: ReadonlySet<string> = new Set([
  ...[
    'app',
    'BrowserWindow',
    'clipboard',
    'contextBridge',
    'desktopCapturer',
    'dialog',
    'ipcMain',
    'ipcRenderer',
    'Menu',
  ],
  ...['MessageChannelMain', 'powerMonitor', 'powerSaveBlocker', 'protocol', 'screen', 'session'],
]);

/** Options of a window or a session, and the value they must never have; undefined: any. */
const options: Readonly<Record<string, boolean | undefined>> = {
  allowRunningInsecureContent: true,
  contextIsolation: false,
  devTools: true,
  enableBlinkFeatures: undefined,
  experimentalFeatures: true,
  navigateOnDragDrop: true,
  nodeIntegration: true,
  nodeIntegrationInSubFrames: true,
  nodeIntegrationInWorker: true,
  plugins: true,
  sandbox: false,
  spellcheck: true,
  webSecurity: false,
  webviewTag: true,
};

const calls: ReadonlySet<string> = new Set([
  ...['openExternal', 'openPath', 'showItemInFolder', 'openDevTools', 'toggleDevTools', 'inspectElement', 'startDrag'],
  ...[
    'print',
    'printToPDF',
    'savePage',
    'downloadURL',
    'loadFile',
    'disableSandbox',
    'appendArgument',
    'exposeInIsolatedWorld',
  ],
  ...['importCertificate', 'setAsDefaultProtocolClient', 'registerFileProtocol', 'interceptFileProtocol', 'eval'],
]);

/** Chromium's switches that take protection away; Electronegativity's list and some more. */
const switches =
  /^(no-sandbox|disable-(web-security|site-isolation-trials|xss-auditor|kill-after-bad-ipc|webrtc-encryption|features)|ignore-(certificate-errors|urlfetcher).*|allow-(file-access-from-files|running-insecure-content|no-sandbox-job)|host-(rules|resolver-rules)|auth-(server|negotiate).*|remote-debugging-.*|inspect(-brk)?|js-flags|debug-packed-apps|reduce-security-for-testing|unsafely-treat-insecure-origin-as-secure|proxy-.*|log-net-log|enable-logging)$/;

type Node = { type: string; start: number; [key: string]: unknown };

/** @returns one line for each place that the rules forbid. */
export function problemsIn(path: string, text: string): string[] {
  const { program, errors } = parseSync(path, text);
  const problems = errors.map((error) => `${path}: ${error.message}`);
  const templates = constantsOf(program as unknown as Node);
  visit(program as unknown as Node, (node) => {
    const problem = problemOf(node, templates);
    if (problem) problems.push(`${path}:${text.slice(0, node.start).split('\n').length}: ${problem}`);
  });
  return problems;
}

function problemOf(node: Node, constants: ReadonlySet<string>): string | undefined {
  switch (node.type) {
    case 'ImportDeclaration':
      return importProblem(node);
    case 'ImportExpression':
      return literalOf(node.source) === 'electron' ? 'Electron is imported by its names' : undefined;
    case 'Property':
      return propertyProblem(node);
    case 'CallExpression':
      return callProblem(node, constants);
    case 'NewExpression':
      return nameOf(node.callee) === 'Function' ? 'code made from text' : undefined;
    case 'JSXIdentifier':
      return node.name === 'webview' ? 'a webview' : undefined;
    case 'Literal':
      return literalProblem(node.value);
    default:
      return undefined;
  }
}

function importProblem(node: Node): string | undefined {
  if (literalOf(node.source) !== 'electron' || node.importKind === 'type') return undefined;
  const names = (node.specifiers as Node[])
    .filter(({ importKind }) => importKind !== 'type')
    .map(({ type, imported: name }) => (type === 'ImportSpecifier' ? (nameOf(name) ?? '?') : '*'));
  const strange = names.filter((name) => !imported.has(name));
  return strange.length > 0 ? `of Electron: ${strange.join()}` : undefined;
}

function propertyProblem(node: Node): string | undefined {
  const name = nameOf(node.key) ?? literalOf(node.key);
  if (typeof name !== 'string' || !Object.hasOwn(options, name)) return undefined;
  const forbidden = options[name];
  const value = literalOf(node.value);
  // A value that is not written out could be anything.
  const isType = (node.value as Node).type.startsWith('TS');
  return !isType && (forbidden === undefined || value !== !forbidden) ? `the option ${name}` : undefined;
}

function callProblem(node: Node, constants: ReadonlySet<string>): string | undefined {
  const callee = node.callee as Node;
  const name = nameOf(callee) ?? nameOf(callee.property);
  const [first] = node.arguments as Node[];
  if (name === undefined) return undefined;
  if (calls.has(name)) return `a call of ${name}`;
  if (name === 'setTimeout' || name === 'setInterval') {
    return typeof literalOf(first) === 'string' || first?.type === 'TemplateLiteral'
      ? 'code made from text'
      : undefined;
  }
  if (name === 'executeJavaScript' || name === 'insertCSS') {
    return constants.has(nameOf(first) ?? '') ? undefined : `${name} with text that is not fixed`;
  }
  if (name === 'appendSwitch') {
    const given = literalOf(first);
    return typeof given === 'string' && switches.test(given) ? `the switch ${given}` : undefined;
  }
  return undefined;
}

function literalProblem(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  if (value.startsWith('file:')) return 'a file: address';
  if (switches.test(value)) return `the switch ${value}`;
  return /ELECTRON_DISABLE_SECURITY_WARNINGS|ELECTRON_RUN_AS_NODE/.test(value) ? value : undefined;
}

/** Names of top-level constants whose text is fixed. */
function constantsOf(program: Node): Set<string> {
  const declarations = (program.body as Node[]).flatMap((node) =>
    node.type === 'VariableDeclaration' && node.kind === 'const' ? (node.declarations as Node[]) : [],
  );
  const fixed = declarations.filter(({ init }) => {
    const value = init as Node | null;
    return (
      typeof literalOf(value) === 'string' ||
      (value?.type === 'TemplateLiteral' && (value.expressions as unknown[]).length === 0)
    );
  });
  return new Set(fixed.map(({ id }) => nameOf(id) ?? ''));
}

function visit(node: Node, look: (node: Node) => void): void {
  look(node);
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (typeof child === 'object' && child !== null && typeof (child as Node).type === 'string')
        visit(child as Node, look);
    }
  }
}

function nameOf(node: unknown): string | undefined {
  const found = node as Node | undefined | null;
  return found?.type === 'Identifier' ? (found.name as string) : undefined;
}

function literalOf(node: unknown): unknown {
  const found = node as Node | undefined | null;
  return found?.type === 'Literal' ? found.value : undefined;
}
