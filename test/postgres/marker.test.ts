import { describe, expect, it } from "vitest";
import {
  composeMarker,
  type Marker,
  parseMarker,
  verifyMarker,
} from "../../source/postgres/marker.ts";
import { must, problemOf } from "../helpers/results.ts";

const HOSTILE = 'x"; drop database y; --\n\u001b[31m\\ ; safe to drop; made by drill other';

const MARKER: Marker = {
  drill: "2026-11-22-ab12",
  madeAt: "2026-11-22T14:30:00.000Z",
  primary: "ringrift",
};

describe("the marker", () => {
  it("reads as a sentence in one line", () => {
    expect(composeMarker(MARKER)).toBe(
      'restore-drill: made by drill 2026-11-22-ab12 at 2026-11-22T14:30:00.000Z for a restore of "ringrift"; safe to drop when the drill is over',
    );
  });

  it.each<Marker>([
    MARKER,
    { ...MARKER, primary: HOSTILE },
    { ...MARKER, restoreBegan: "2026-11-22T14:31:00.000Z" },
    { ...MARKER, kept: HOSTILE },
    { ...MARKER, primaryComment: HOSTILE },
    {
      ...MARKER,
      restoreBegan: MARKER.madeAt,
      kept: HOSTILE,
      primaryComment: composeMarker(MARKER),
    },
    { ...MARKER, primary: "\ud800", primaryComment: "" },
  ])("comes back as it was written: %j", (marker) => {
    const comment = composeMarker(marker);
    expect(comment).not.toMatch(/[\n\u001b]/u);
    expect(parseMarker(comment)).toEqual(marker);
  });

  it.each([
    null,
    "",
    "made by restore-drill",
    ` ${composeMarker(MARKER)}`,
    `${composeMarker(MARKER)}\n`,
    `${composeMarker(MARKER)}; and more`,
    composeMarker(MARKER).replace('"ringrift"', "ringrift"),
    composeMarker(MARKER).replace('"ringrift"', '"ring\\xrift"'),
  ])("is not taken for one: %j", (comment) => {
    expect(parseMarker(comment)).toBeUndefined();
    const verified = verifyMarker(comment, { database: "d", primary: "ringrift" });
    expect(problemOf(verified).code).toBe("refused");
  });

  it("is of a drill and of a primary", () => {
    const comment = composeMarker(MARKER);
    const asked = { database: "d", primary: "ringrift" };
    expect(must(verifyMarker(comment, asked))).toEqual(MARKER);
    expect(must(verifyMarker(comment, { ...asked, drill: MARKER.drill }))).toEqual(MARKER);
    expect(problemOf(verifyMarker(comment, { ...asked, drill: "other" })).message).toContain(
      "other",
    );
    expect(problemOf(verifyMarker(comment, { ...asked, primary: "p" })).code).toBe("refused");
  });
});
