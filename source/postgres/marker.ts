/**
 * The comment on every database a drill makes. Nothing without it is ever dropped. One line, so
 * that `\l+` shows it well; foreign text inside is JSON, so that it cannot fake another field.
 */
import { fail, ok, type Result } from "../problem.ts";
import { display } from "./display.ts";
import { showName } from "./identifiers.ts";

export interface Marker {
  /** Id of the drill that made the database. */
  readonly drill: string;
  /** When, as an ISO 8601 instant. */
  readonly madeAt: string;
  readonly primary: string;
  /** When a restore into it began, if one did. */
  readonly restoreBegan?: string;
  /** Why it was left after the drill. */
  readonly kept?: string;
  /** The primary's own comment, which a dump never carries. */
  readonly primaryComment?: string;
}

const JSON_TEXT = '"(?:[^"\\\\]|\\\\.)*"';
const MARKER = new RegExp(
  `^restore-drill: made by drill (\\S+) at (\\S+) for a restore of (${JSON_TEXT}); ` +
    `safe to drop when the drill is over` +
    `(?:; restore began (\\S+?))?` +
    `(?:; kept for analysis: (${JSON_TEXT}))?` +
    `(?:; comment of the primary: (${JSON_TEXT}))?$`,
  "u",
);

export function composeMarker(marker: Marker): string {
  const parts = [
    `restore-drill: made by drill ${marker.drill} at ${marker.madeAt} for a restore of ${JSON.stringify(marker.primary)}`,
    "safe to drop when the drill is over",
  ];
  if (marker.restoreBegan !== undefined) parts.push(`restore began ${marker.restoreBegan}`);
  if (marker.kept !== undefined) parts.push(`kept for analysis: ${JSON.stringify(marker.kept)}`);
  if (marker.primaryComment !== undefined) {
    parts.push(`comment of the primary: ${JSON.stringify(marker.primaryComment)}`);
  }
  return parts.join("; ");
}

/** undefined for anything that is not exactly a marker. */
export function parseMarker(comment: string | null): Marker | undefined {
  const match = MARKER.exec(comment ?? "");
  if (match === null) return undefined;
  const [, drill = "", madeAt = "", primary, restoreBegan, kept, primaryComment] = match;
  const texts = [textOf(primary), textOf(kept), textOf(primaryComment)];
  const [primaryText, keptText, commentText] = texts;
  if (primaryText === undefined) return undefined;
  return {
    drill,
    madeAt,
    primary: primaryText,
    ...(restoreBegan === undefined ? {} : { restoreBegan }),
    ...(keptText === undefined ? {} : { kept: keptText }),
    ...(commentText === undefined ? {} : { primaryComment: commentText }),
  };
}

export interface MarkerExpectation {
  readonly database: string;
  readonly primary: string;
  /** Only a database of this drill will do; absent: of any drill. */
  readonly drill?: string;
}

/** Whether a database with this comment may be touched. */
export function verifyMarker(
  comment: string | null,
  { database, primary, drill }: MarkerExpectation,
): Result<Marker> {
  const marker = parseMarker(comment);
  const name = showName(database);
  if (marker === undefined) {
    return fail({
      code: "refused",
      message: `Database ${name} does not carry the marker of a drill, so it is not touched.`,
      hint: "Look at who made it and what is in it; drop it by hand only if you are certain.",
      details: { database, marker: comment === null ? "none" : display(comment) },
    });
  }
  if (marker.primary !== primary) {
    return fail({
      code: "refused",
      message: `Database ${name} was made for a restore of ${showName(marker.primary)}, not of ${showName(primary)}, so it is not touched.`,
      hint: "Use another name for the restore database.",
      details: { database, marker: display(comment ?? "") },
    });
  }
  if (drill !== undefined && marker.drill !== drill) {
    return fail({
      code: "refused",
      message: `Database ${name} was made by drill ${marker.drill}, not by this one (${drill}), so it is not touched.`,
      hint: "Finish or abandon that drill first, or use another name for the restore database.",
      details: { database, marker: display(comment ?? "") },
    });
  }
  return ok(marker);
}

function textOf(json: string | undefined): string | undefined {
  if (json === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === "string" ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
