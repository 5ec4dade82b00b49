export type StoreErrorCode =
  | "folder_not_writable"
  | "folder_unreachable"
  | "disk_full"
  | "other_major_version"
  | "port_in_use"
  | "credentials_missing"
  | "os_user_missing"
  | "binaries_missing"
  | "server_did_not_start"
  | "server_did_not_stop"
  | "database_unreachable"
  | "server_too_old"
  | "encoding_not_utf8"
  | "roles_missing"
  | "role_too_powerful"
  | "migration_changed"
  | "migration_out_of_order"
  | "migration_failed"
  | "database_newer_than_code"
  | "database_not_empty"
  | "backup_missing"
  | "backup_damaged"
  | "backup_newer_than_code"
  | "master_key_missing"
  | "master_key_open"
  | "master_key_unreadable"
  | "master_key_damaged"
  | "master_key_command_failed"
  | "master_key_wrong";

/** What stops the store from opening, in words for the person who has the machine: what happened, and what to do `next`. */
export class StoreError extends Error {
  override readonly name = "StoreError";
  readonly code: StoreErrorCode;
  readonly next: string;

  constructor(code: StoreErrorCode, message: string, next: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.next = next;
  }
}
