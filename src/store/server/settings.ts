import { totalmem } from "node:os";

export type ServerSettings = Readonly<Record<string, string>>;

/**
 * What our server runs with; design and measurements in docs. Written to `switchyard.conf` at each start. An administrator's own
 * `alter system set …` is read after it and wins.
 */
export function serverSettings(port: number, changes: ServerSettings = {}): ServerSettings {
  return {
    listen_addresses: "127.0.0.1",
    port: String(port),
    unix_socket_directories: "", // loopback with a password is the only way in
    max_connections: "200",
    shared_buffers: `${sharedBuffersMb()}MB`,
    max_wal_size: "4GB",
    checkpoint_timeout: "15min",
    // Nothing streams from this server, so the log needs no more than recovery does.
    wal_level: "minimal",
    max_wal_senders: "0",
    wal_compression: "off",
    // An attempt that was committed before its call must still be there after the power went: these three are never relaxed.
    fsync: "on",
    full_page_writes: "on",
    synchronous_commit: "on",
    jit: "off",
    // A new database plans by what it has learnt of its tables: let it learn within seconds, not after a minute of a large import.
    autovacuum_naptime: "10s",
    timezone: "UTC",
    log_timezone: "UTC",
    // Errors reach the client that made them. In the log their details would be buyers' names and addresses.
    log_min_messages: "log",
    log_min_error_statement: "panic",
    log_checkpoints: "off",
    log_error_verbosity: "terse",
    log_parameter_max_length: "0",
    log_parameter_max_length_on_error: "0",
    ...changes,
  };
}

export const settingsFile = (settings: ServerSettings): string =>
  Object.entries(settings)
    .map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'\n`)
    .join("");

/** 512 MB, on a small machine an eighth of its memory. In a container the machine is the container. */
function sharedBuffersMb(): number {
  const limit = process.constrainedMemory();
  const bytes = limit > 0 ? Math.min(limit, totalmem()) : totalmem();
  return Math.max(32, Math.min(512, Math.floor(bytes / 8 / 2 ** 20)));
}
