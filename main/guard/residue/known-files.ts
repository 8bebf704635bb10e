/**
 * What the app is known to keep below its data folder; paths with `/`. A new file that is none of these is taken for a
 * remain of the session. All of them are searched for markers like any other.
 */
const own: readonly RegExp[] = [
  /^vault\.json(\.new)?$/,
  /^preferences\.json(\.new)?$/,
  /^site\.json$/,
  /^receipts\.json(\.new|\.damaged)?$/,
  /^logs\/hanare\.log(\.1)?$/,
];

/**
 * Chromium's, of the profile that every Electron app has and that no page of ours uses (they have one in memory). What a
 * page could fill is not among them: caches, databases, file systems, service workers.
 */
const chromium: readonly RegExp[] = [
  /^Singleton(Lock|Cookie|Socket)$/,
  /^(lockfile|LOCK|LOG|LOG\.old|DevToolsActivePort|First Run|Last Version|Local State|Preferences|Secure Preferences)$/,
  /^(Network\/)?(Cookies|Network Persistent State|NetworkDataMigrated|TransportSecurity|Trust Tokens|Reporting and NEL|SCT Auditing Pending Reports|Device Bound Sessions)(-journal|-wal|-shm)?$/,
  /^(DIPS|SharedStorage|InterestGroups|PrivateAggregation|Conversions|BudgetDatabase|QuotaManager|WebStorage\/QuotaManager|Visited Links)(-journal|-wal|-shm)?$/,
  /^(shared_proto_db|VideoDecodeStats|Local Storage\/leveldb|Session Storage|GPUCache|DawnCache|DawnGraphiteCache|DawnWebGPUCache|ShaderCache|GrShaderCache|GraphiteDawnCache|blob_storage)\//,
  /^Crashpad\//,
];

/** Whether a file may change during a session. @param path relative to the data folder, with `/` */
export function isKept(path: string): boolean {
  return own.some((pattern) => pattern.test(path)) || isChromiums(path);
}

/** @param path relative to the data folder, with `/` */
export function isChromiums(path: string): boolean {
  return chromium.some((pattern) => pattern.test(path));
}
