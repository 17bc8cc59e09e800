/**
 * What a backup says of itself in its first bytes. The layout of archives is that of ReadHead in
 * src/bin/pg_dump/pg_backup_archiver.c, the same for the custom format and for `toc.dat`.
 */
import { join } from "node:path";
import type { BackupFormat } from "../environment/target.ts";
import { readPart } from "./backup-files.ts";

export interface BackupHeader {
  /** Of the server it was taken from: `15.18 (Debian 15.18-0+deb12u1)`. */
  readonly serverVersion?: string;
  /** Of the pg_dump that wrote it. */
  readonly dumpVersion?: string;
  /** Archives name their database; plain dumps do not. */
  readonly database?: string;
}

const HEAD_BYTES = 8192;

/** What cannot be read is absent. Throws what reading the file throws. */
export async function readHeader(file: string, format: BackupFormat): Promise<BackupHeader> {
  const path = format === "directory" ? join(file, "toc.dat") : file;
  const head = await readPart(path, 0, HEAD_BYTES);
  return format === "plain" ? plainHeader(head.toString("utf8")) : archiveHeader(head);
}

export function plainHeader(text: string): BackupHeader {
  const serverVersion = /^-- Dumped from database version (.+)$/mu.exec(text)?.[1];
  const dumpVersion = /^-- Dumped by pg_dump version (.+)$/mu.exec(text)?.[1];
  return present({ serverVersion, dumpVersion });
}

export function archiveHeader(head: Buffer): BackupHeader {
  const minor = head[6] ?? 0;
  if (head.subarray(0, 5).toString("latin1") !== "PGDMP" || head[5] !== 1 || minor < 10) return {};
  const reader = cursor(head, head[8] ?? 4);
  // Magic, version (3), sizes of integers and of offsets, format.
  reader.skip(11);
  if (minor >= 15) reader.skip(1);
  else reader.integer();
  // Seven integers of the time it was begun, in the dumper's own time zone.
  for (let field = 0; field < 7; field += 1) reader.integer();
  const database = reader.text();
  const serverVersion = reader.text();
  const dumpVersion = reader.text();
  return present({ database, serverVersion, dumpVersion });
}

/** A sign byte and little-endian digits make an integer; its length and its bytes a text. */
function cursor(head: Buffer, integerBytes: number) {
  let at = 0;
  const integer = (): number => {
    const sign = head[at] ?? 0;
    const digits = head.subarray(at + 1, at + 1 + integerBytes);
    at += 1 + integerBytes;
    const value = digits.reduceRight((sum, digit) => sum * 256 + digit, 0);
    return sign === 0 ? value : -value;
  };
  return {
    integer,
    skip(bytes: number) {
      at += bytes;
    },
    text(): string | undefined {
      const length = integer();
      if (length < 0 || at + length > head.length) return undefined;
      const text = head.subarray(at, at + length).toString("utf8");
      at += length;
      return text;
    },
  };
}

function present(header: Partial<Record<keyof BackupHeader, string | undefined>>): BackupHeader {
  const { serverVersion, dumpVersion, database } = header;
  return {
    ...(serverVersion === undefined ? {} : { serverVersion }),
    ...(dumpVersion === undefined ? {} : { dumpVersion }),
    ...(database === undefined ? {} : { database }),
  };
}

/** `15` of `15.18 (Debian ...)`; undefined where there is none. */
export function majorOf(version: string | undefined): number | undefined {
  const match = /^(\d+)/u.exec(version ?? "");
  return match === null ? undefined : Number(match[1]);
}
