/** Figures as people read them. Pure and independent of the machine's locale. */

const UNKNOWN = "unknown";

/** `0.42 s`, `12.3 s`, `4 min 05 s`, `2 h 03 min`, `1 d 2 h`. */
export function formatDuration(seconds: number): string {
  if (!isFigure(seconds)) {
    return UNKNOWN;
  }
  if (seconds < 9.995) {
    return `${seconds.toFixed(2)} s`;
  }
  if (seconds < 59.95) {
    return `${seconds.toFixed(1)} s`;
  }
  const whole = Math.round(seconds);
  if (whole < 3600) {
    return `${Math.floor(whole / 60)} min ${padded(whole % 60)} s`;
  }
  const minutes = Math.round(seconds / 60);
  if (minutes < 24 * 60) {
    return `${Math.floor(minutes / 60)} h ${padded(minutes % 60)} min`;
  }
  const hours = Math.round(seconds / 3600);
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

const BYTE_UNITS = ["kB", "MB", "GB", "TB", "PB"] as const;

/** Powers of 1000, as disks and networks are sold: `512 B`, `1.33 GB`, `159 MB`. */
export function formatBytes(bytes: number): string {
  if (!isFigure(bytes)) {
    return UNKNOWN;
  }
  if (bytes < 999.5) {
    return `${Math.round(bytes)} B`;
  }
  let scaled = bytes / 1000;
  let unit = 0;
  // 999.5 already prints as 1000: move to the next unit before that shows.
  while (scaled >= 999.5 && unit < BYTE_UNITS.length - 1) {
    scaled /= 1000;
    unit += 1;
  }
  return `${threeDigits(scaled)} ${BYTE_UNITS[unit]}`;
}

/** `1,234,567`. */
export function formatCount(count: number): string {
  if (!Number.isFinite(count)) {
    return UNKNOWN;
  }
  const digits = String(Math.abs(Math.round(count))).replace(/\B(?=(?:\d{3})+$)/g, ",");
  return Math.round(count) < 0 ? `-${digits}` : digits;
}

/** `12.3 MB/s` for bytes, `8,400 rows/s` for anything counted. */
export function formatRate(amount: number, seconds: number, unit: "bytes" | "rows" | "tables") {
  if (!isFigure(amount) || !isFigure(seconds) || seconds === 0) {
    return UNKNOWN;
  }
  const rate = amount / seconds;
  return unit === "bytes" ? `${formatBytes(rate)}/s` : `${formatCount(rate)} ${unit}/s`;
}

/** `1 table`, `12 tables`; the plural is given where it is not the word and an s. */
export function formatAmount(count: number, word: string, plural = `${word}s`): string {
  return `${formatCount(count)} ${count === 1 ? word : plural}`;
}

/** `2026-11-22 14:30:00 UTC` of an instant; anything else is returned as it is. */
export function formatInstant(instant: string): string {
  const parts = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?Z$/.exec(instant);
  return parts === null ? instant : `${parts[1]} ${parts[2]} UTC`;
}

function threeDigits(figure: number): string {
  if (figure < 9.995) {
    return figure.toFixed(2);
  }
  return figure < 99.95 ? figure.toFixed(1) : figure.toFixed(0);
}

function padded(figure: number): string {
  return String(figure).padStart(2, "0");
}

function isFigure(value: number): boolean {
  return Number.isFinite(value) && value >= 0;
}
