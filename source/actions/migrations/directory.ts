/** Reads a directory of Prisma migrations: one folder each, with a `migration.sql`. */
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fail, ok, type Result } from "../../problem.ts";
import type { MigrationFile } from "./comparison.ts";

export async function readMigrations(directory: string): Promise<Result<readonly MigrationFile[]>> {
  try {
    const entries = await readdir(directory, { withFileTypes: true });
    const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    return ok(
      await Promise.all(
        folders.sort().map(async (name) => ({
          name,
          checksums: await checksums(join(directory, name, "migration.sql")),
        })),
      ),
    );
  } catch (error) {
    return fail({
      code: "failed",
      message: `The migrations in ${directory} cannot be read: ${reason(error)}.`,
      hint: "Correct `migrations.directory` in restore-drill.yaml; it is relative to the project.",
    });
  }
}

async function checksums(file: string): Promise<readonly string[]> {
  try {
    const bytes = await readFile(file);
    const unix = bytes.toString("latin1").replaceAll("\r\n", "\n");
    const windows = unix.replaceAll("\n", "\r\n");
    return [
      sha256(bytes),
      sha256(Buffer.from(unix, "latin1")),
      sha256(Buffer.from(windows, "latin1")),
    ];
  } catch (error) {
    if (codeOf(error) === "ENOENT") return [];
    throw error;
  }
}

function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}

function reason(error: unknown): string {
  if (codeOf(error) === "ENOENT") return "there is no such directory";
  return error instanceof Error ? error.message : String(error);
}
